import { Form, Link } from "@remix-run/react";
import { useRef } from "react";
import { useLiveStock } from "~/availability/live-stock";
import type { CartChange, CartLineView } from "~/cart/cart-view";
import { productPath } from "~/catalog/product-address";
import { t } from "~/words/words";
import { LineStock } from "./line-stock";
import { usePending } from "./pending";
import { ProductPicture } from "./product-picture";
import { QuantityStepper } from "./quantity-stepper";
import { focusIfRestored } from "./removed-notice";

interface CartLineProps {
  readonly line: CartLineView;
  readonly maxUnitsPerLine: number;
  /** Why the last change of this line was refused; null if it was not. */
  readonly failure: string | null;
  /** Its new price, if that changed since the shopper saw it. */
  readonly newPrice: Extract<CartChange, { kind: "price" }> | undefined;
}

export function CartLine({ line, maxUnitsPerLine, failure, newPrice }: CartLineProps) {
  const { productId, image, quantity, state, price, subtotal } = line;
  const stock = useLiveStock(productId, line.stock);
  const isLeaving = usePending("remove", productId);
  const remove = useRef<HTMLButtonElement>(null);
  const name = line.name ?? t("cart.gone");
  return (
    <li
      className="cart-line"
      id={`line-${productId}`}
      data-state={state}
      data-leaving={isLeaving}
      aria-label={name}
      ref={(element) => focusIfRestored(productId, element)}
    >
      <ProductPicture image={image} size={96} eager />
      <div className="what">
        <h2>{line.name === null ? name : <Link to={productPath(productId)}>{name}</Link>}</h2>
        <p className="price">{price === null ? t("product.noPrice") : t("product.each", { price })}</p>
        {newPrice !== undefined && <p className="line-warning">{t("cart.priceChanged", newPrice)}</p>}
        {failure === null && <LineStock line={line} stock={stock} />}
      </div>
      <p className="subtotal">{subtotal}</p>
      <div className="line-forms">
        <QuantityStepper
          productId={productId}
          name={name}
          quantity={quantity}
          stock={stock}
          maxUnitsPerLine={maxUnitsPerLine}
          failure={failure}
          onRemove={() => remove.current?.click()}
        />
        <Form method="post" action="/cart" preventScrollReset>
          <input type="hidden" name="product_id" value={productId} />
          <button
            type="submit"
            name="intent"
            value="remove"
            className="button bare"
            aria-label={t("cart.removeLabel", { name })}
            ref={remove}
          >
            {t("cart.remove")}
          </button>
        </Form>
      </div>
    </li>
  );
}
