import { Form } from "@remix-run/react";
import type { ProductView } from "~/cart/product-view.server";
import { labels, productTexts } from "./texts";

/** Nothing where nothing can be added: the words about the stock next to it say why. One unit needs no quantity field. */
export function AddToCartForm({ product, maxUnitsPerLine }: { product: ProductView; maxUnitsPerLine: number }) {
  const { id, name, forSale, stock } = product;
  const possible = Math.min(maxUnitsPerLine, stock.available - stock.heldByYou);
  if (!forSale || possible <= 0) return null;
  return (
    <Form method="post" action="/cart" className="add-form">
      <input type="hidden" name="intent" value="add" />
      <input type="hidden" name="product_id" value={id} />
      {maxUnitsPerLine === 1 ? (
        <input type="hidden" name="quantity" value="1" />
      ) : (
        <label>
          {labels.quantity}
          <input type="number" name="quantity" min={1} max={possible} step={1} defaultValue={1} required inputMode="numeric" />
        </label>
      )}
      <button type="submit" className="button" aria-label={productTexts.addLabel(name)}>
        {labels.addToCart}
      </button>
    </Form>
  );
}
