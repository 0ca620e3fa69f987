import { useId } from "react";
import { ActionForm } from "./action-form";

interface StockFormsProps {
  /** Null: the forms ask for a product id. */
  readonly product: { readonly id: string; readonly title: string } | null;
  readonly once: string;
}

/** Forms that add to a product's stock or set it to a count. */
export function StockForms({ product, once }: StockFormsProps) {
  const fields = product === null ? undefined : { product_id: product.id };
  const labelFor = product === null ? undefined : `of ${product.title}`;
  return (
    <div className="stock-forms">
      <ActionForm intent="restock" fields={{ ...fields, once }} label="Add stock" labelFor={labelFor} resetsOnSuccess>
        {product === null && <ProductIdField />}
        <label>
          Items to add
          <input type="number" name="delta" step={1} required />
        </label>
      </ActionForm>
      <p className="hint">
        Adds to the current stock, so sales in the meantime are kept. Overwriting the number in another tool would undo
        them.
      </p>
      <details className="confirm">
        <summary>
          Set exact count…<span className="visually-hidden"> {labelFor}</span>
        </summary>
        <p className="hint">
          For a shelf count. Replaces the current number: items sold since you counted go back into stock and may be
          sold twice.
        </p>
        <ActionForm
          intent="set_stock"
          {...(fields === undefined ? {} : { fields })}
          label="Set count"
          labelFor={labelFor}
          variant="danger"
          resetsOnSuccess
        >
          {product === null && <ProductIdField />}
          <label>
            Items on hand
            <input type="number" name="inventory" min={0} step={1} required />
          </label>
          <label>
            <input type="checkbox" name="confirmed" value="yes" required className="box" /> Nothing has been sold since
            I counted
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
