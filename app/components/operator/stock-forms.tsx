import { useId } from "react";
import { ActionForm } from "./action-form";

/** Adds to a product's stock, or sets it. `productId` null: the forms ask for it. */
export function StockForms({ productId, once }: { productId: string | null; once: string }) {
  const fields = productId === null ? undefined : { product_id: productId };
  const of = productId === null ? undefined : `of ${productId}`;
  return (
    <div className="stock-forms">
      <ActionForm intent="restock" fields={{ ...fields, once }} label="Restock" labelFor={of}>
        {productId === null && <ProductIdField />}
        <label>
          Units to add
          <input type="number" name="delta" step={1} required />
        </label>
      </ActionForm>
      <p className="hint">
        Adds to whatever the stock is at that moment, so nothing that is sold meanwhile is lost. Restock here rather than by typing a number into another tool: such an absolute edit writes over
        every unit that was sold since its form was opened.
      </p>
      <details className="confirm">
        <summary>
          Set the stock to a number…<span className="visually-hidden"> {of}</span>
        </summary>
        <p className="hint">For a count of the shelf. The number replaces the stock as it is: units sold between your count and this click come back into the stock, and may be sold twice over.</p>
        <ActionForm intent="set_stock" {...(fields === undefined ? {} : { fields })} label="Set the stock" labelFor={of} look="grave">
          {productId === null && <ProductIdField />}
          <label>
            Units on hand
            <input type="number" name="inventory" min={0} step={1} required />
          </label>
          <label>
            <input type="checkbox" name="confirmed" value="yes" required className="box" /> Nothing was sold since I counted
          </label>
        </ActionForm>
      </details>
    </div>
  );
}

function ProductIdField() {
  const id = useId();
  return (
    <label htmlFor={id}>
      Product id
      <input id={id} name="product_id" required maxLength={1000} autoComplete="off" spellCheck={false} />
    </label>
  );
}
