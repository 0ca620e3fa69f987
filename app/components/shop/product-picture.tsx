// React 18 does not know the attribute by its camel-case name.
const FETCHED_FIRST = { fetchpriority: "high" };

interface ProductPictureProps {
  readonly image: string | null;
  /** Pixels of a side. */
  readonly size: number;
  /** Seen at once, so it does not wait. */
  readonly eager?: boolean;
  /** The largest thing that is seen at first. */
  readonly first?: boolean;
}

/** Decorative: the product's name always stands next to it. A square box is kept free, so that nothing moves when it arrives. */
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
      {...(first ? FETCHED_FIRST : {})}
    />
  );
}
