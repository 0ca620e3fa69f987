/** Decorative: the product's name always stands next to it. A square box is kept free, so that nothing moves when it arrives. */
export function ProductPicture({ image, size, eager = false }: { image: string | null; size: number; eager?: boolean }) {
  if (image === null) return <span className="picture placeholder" aria-hidden="true" />;
  return <img className="picture" src={image} alt="" width={size} height={size} loading={eager ? "eager" : "lazy"} decoding="async" />;
}
