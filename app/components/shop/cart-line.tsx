import { Form, Link } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { useLiveStock } from "~/availability/live-stock";
import type { CartLineView } from "~/cart/cart-view";
import { productPath } from "~/catalog/product-address";
import { t } from "~/words/words";
import { useAnnounce } from "./announcer";
import { useOnChange, usePending } from "./pending";
import { ProductPicture } from "./product-picture";
import { LineStock } from "./stock-status";

interface CartLineProps {
  readonly line: CartLineView;
  readonly maxUnitsPerLine: number;
  /** Why the last change of this line was refused; null if it was not. */
  readonly failure: string | null;
}

export function CartLine({ line, maxUnitsPerLine, failure }: CartLineProps) {
  const { productId, image, quantity, state, price, subtotal } = line;
  const stock = useLiveStock(productId, line.stock);
  const isLeaving = usePending("remove", productId);
  const name = line.name ?? t("cart.gone");
  const failureId = `failure-${productId}`;
  return (
    <li className="cart-line" data-state={state} data-leaving={isLeaving} aria-label={name}>
      <ProductPicture image={image} size={96} eager />
      <div className="what">
        <h2>{line.name === null ? name : <Link to={productPath(productId)}>{name}</Link>}</h2>
        <p className="price">{price === null ? t("product.noPrice") : t("product.each", { price })}</p>
        <LineStock state={state} quantity={quantity} stock={stock} />
        {failure !== null && (
          <p className="line-failure" id={failureId}>
            {failure}
          </p>
        )}
      </div>
      <p className="subtotal">{subtotal}</p>
      <div className="line-forms">
        <QuantityForm
          line={line}
          name={name}
          maxUnitsPerLine={maxUnitsPerLine}
          failureId={failure === null ? undefined : failureId}
        />
        <Form method="post" action="/cart" preventScrollReset>
          <input type="hidden" name="product_id" value={productId} />
          <button
            type="submit"
            name="intent"
            value="remove"
            className="button quiet"
            aria-label={t("cart.removeLabel", { name })}
          >
            {t("cart.remove")}
          </button>
        </Form>
      </div>
    </li>
  );
}

interface QuantityFormProps {
  readonly line: CartLineView;
  readonly name: string;
  readonly maxUnitsPerLine: number;
  /** Id of the text that says why the last change was refused. */
  readonly failureId: string | undefined;
}

function QuantityForm({ line: { productId, quantity, state }, name, maxUnitsPerLine, failureId }: QuantityFormProps) {
  const isUpdating = usePending("set", productId);
  const field = useRef<HTMLInputElement>(null);
  const announce = useAnnounce();
  const shown = `${quantity} ${state}`;
  const filledFor = useRef(shown);
  useEffect(() => {
    // Resets the field after a change; replacing the element would lose the focus.
    if (filledFor.current !== shown && field.current !== null) field.current.value = String(quantity);
    filledFor.current = shown;
  }, [shown, quantity]);
  useOnChange(isUpdating, quantity, () => announce(t("cart.updated", { name, quantity })));
  return (
    <Form method="post" action="/cart" preventScrollReset>
      <input type="hidden" name="intent" value="set" />
      <input type="hidden" name="product_id" value={productId} />
      <label>
        {t("product.quantity")}
        <input
          ref={field}
          type="number"
          name="quantity"
          min={0}
          max={maxUnitsPerLine}
          step={1}
          defaultValue={quantity}
          required
          inputMode="numeric"
          autoComplete="off"
          aria-invalid={failureId === undefined ? undefined : true}
          aria-describedby={failureId}
        />
      </label>
      <button
        type="submit"
        className="button quiet"
        aria-label={t("cart.updateLabel", { name })}
        aria-busy={isUpdating}
      >
        {isUpdating ? t("cart.updating") : t("cart.update")}
      </button>
    </Form>
  );
}
