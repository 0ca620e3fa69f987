import { useId } from "react";
import { ActionForm } from "./action-form";

interface StockFormsProps {
  /** Null: the forms ask for it. */
  readonly product: { readonly id: string; readonly called: string } | null;
  readonly once: string;
}

/** Adds to a product's stock, or sets it. */
export function StockForms({ product, once }: StockFormsProps) {
  const fields = product === null ? undefined : { product_id: product.id };
  const of = product === null ? undefined : `of ${product.called}`;
  return (
    <div className="stock-forms">
      <ActionForm intent="restock" fields={{ ...fields, once }} label="Restock" labelFor={of} resetsOnSuccess>
        {product === null && <ProductIdField />}
        <label>
          Units to add
          <input type="number" name="delta" step={1} required />
        </label>
      </ActionForm>
      <p className="hint">
        Adds to whatever the stock is at that moment, so nothing that is sold meanwhile is lost. Restock here rather
        than by typing a number into another tool: such an absolute edit writes over every unit that was sold since its
        form was opened.
      </p>
      <details className="confirm">
        <summary>
          Set the stock to a number…<span className="visually-hidden"> {of}</span>
        </summary>
        <p className="hint">
          For a count of the shelf. The number replaces the stock as it is: units sold between your count and this click
          come back into the stock, and may be sold twice over.
        </p>
        <ActionForm
          intent="set_stock"
          {...(fields === undefined ? {} : { fields })}
          label="Set the stock"
          labelFor={of}
          variant="danger"
          resetsOnSuccess
        >
          {product === null && <ProductIdField />}
          <label>
            Units on hand
            <input type="number" name="inventory" min={0} step={1} required />
          </label>
          <label>
            <input type="checkbox" name="confirmed" value="yes" required className="box" /> Nothing was sold since I
            counted
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
