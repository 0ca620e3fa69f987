import { useEffect, useRef, useState } from "react";

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

/**
 * Decorative, because the product's name is always next to it. Reserves a square, so that loading shifts nothing. An image that does not
 * load shows the same placeholder as none; the style sheet alone does that too, except in Safari.
 */
export function ProductPicture({ image, size, eager = false, first = false }: ProductPictureProps) {
  const element = useRef<HTMLImageElement>(null);
  const [failed, setFailed] = useState<string | null>(null);
  useEffect(() => {
    // It may have failed before this script ran, without an event for React.
    if (element.current?.complete === true && element.current.naturalWidth === 0) setFailed(image);
  }, [image]);
  return (
    <span className="picture" aria-hidden="true">
      {image !== null && image !== failed && (
        <img
          ref={element}
          src={image}
          alt=""
          width={size}
          height={size}
          loading={eager ? "eager" : "lazy"}
          decoding="async"
          onError={() => setFailed(image)}
          {...(first ? HIGH_PRIORITY : {})}
        />
      )}
    </span>
  );
}
