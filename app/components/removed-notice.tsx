import { Form } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { RemovedLine } from "~/cart/cart-view.server";
import { labels, removedText } from "./texts";

/** What was removed, and the way to have it back. The button that removed it is gone, so the focus comes here. */
export function RemovedNotice({ removed: { productId, name, quantity } }: { removed: RemovedLine }) {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement === null) notice.current?.focus({ preventScroll: true });
  }, [productId, quantity]);
  return (
    <div className="notice" role="status" tabIndex={-1} ref={notice}>
      <p>{removedText(name, quantity)}</p>
      <Form method="post" action="/cart" preventScrollReset>
        <input type="hidden" name="intent" value="set" />
        <input type="hidden" name="product_id" value={productId} />
        <input type="hidden" name="quantity" value={quantity} />
        <button type="submit" className="button quiet" aria-label={`${labels.undo}: ${name}`}>
          {labels.undo}
        </button>
      </Form>
    </div>
  );
}
