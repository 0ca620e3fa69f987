// React 18 does not know the camel-case name of this attribute.
const HIGH_PRIORITY = { fetchpriority: "high" };

interface ProductPictureProps {
  readonly image: string | null;
  /** Width and height in pixels. */
  readonly size: number;
  /** Above the fold: loads at once. */
  readonly eager?: boolean;
  /** The largest element above the fold: loads with high priority. */
  readonly first?: boolean;
}

/** Decorative, because the product's name is always next to it. Reserves a square, so that loading shifts nothing. */
export function ProductPicture({ image, size, eager = false, first = false }: ProductPictureProps) {
  if (image === null) return <span className="picture placeholder" aria-hidden="true" />;
  return (
    <img
      className="picture"
      src={image}
      alt=""
      width={size}
      height={size}
      loading={eager ? "eager" : "lazy"}
      decoding="async"
      {...(first ? HIGH_PRIORITY : {})}
    />
  );
}
