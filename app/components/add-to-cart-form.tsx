import { Form } from "@remix-run/react";
import type { ProductView, StockView } from "~/cart/product-view.server";
import { usePending } from "./pending";
import { labels, productTexts } from "./texts";

interface AddToCartFormProps {
  readonly product: ProductView;
  /** As it is now. */
  readonly stock: StockView;
  readonly maxUnitsPerLine: number;
  /** Id of this form: what it asks for happens once, however often it is sent. */
  readonly operation: string;
}

/** Nothing where nothing can be added: the words about the stock next to it say why. One unit needs no quantity field. */
export function AddToCartForm({ product: { id, name, forSale }, stock, maxUnitsPerLine, operation }: AddToCartFormProps) {
  const isPending = usePending("add", id);
  const possible = Math.min(maxUnitsPerLine, stock.available - stock.heldByYou);
  // What is being added may be the last, and its form must not go while it is on its way.
  if (!forSale || (possible <= 0 && !isPending)) return null;
  return (
    <Form method="post" action="/cart" className="add-form">
      <input type="hidden" name="intent" value="add" />
      <input type="hidden" name="product_id" value={id} />
      <input type="hidden" name="operation" value={operation} />
      {maxUnitsPerLine === 1 ? (
        <input type="hidden" name="quantity" value="1" />
      ) : (
        <label>
          {labels.quantity}
          <input type="number" name="quantity" min={1} max={Math.max(1, possible)} step={1} defaultValue={1} required inputMode="numeric" autoComplete="off" />
        </label>
      )}
      <button type="submit" className="button" aria-label={productTexts.addLabel(name)} aria-busy={isPending}>
        {isPending ? labels.adding : labels.addToCart}
      </button>
    </Form>
  );
}
