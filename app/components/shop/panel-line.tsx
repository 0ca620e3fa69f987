import { Link } from "@remix-run/react";
import { useRef } from "react";
import { useLiveStock } from "~/availability/live-stock";
import type { CartLineView, RemovedLine } from "~/cart/cart-view";
import { productPath } from "~/catalog/product-address";
import { t } from "~/words/words";
import { CartForm } from "./cart-form";
import { LineStock } from "./line-stock";
import { usePending } from "./pending";
import { ProductPicture } from "./product-picture";
import { QuantityStepper } from "./quantity-stepper";
import { focusIfRestored } from "./removed-notice";

interface PanelLineProps {
  readonly line: CartLineView;
  readonly maxUnitsPerLine: number;
  readonly onRemove: (removed: RemovedLine) => void;
  readonly onLeave: () => void;
}

/** A cart line in the panel. */
export function PanelLine({ line, maxUnitsPerLine, onRemove, onLeave }: PanelLineProps) {
  const { productId, image, quantity, state, price, subtotal } = line;
  const stock = useLiveStock(productId, line.stock);
  const isLeaving = usePending("remove", productId);
  const remove = useRef<HTMLButtonElement>(null);
  const name = line.name ?? t("cart.gone");
  return (
    <li
      className="panel-line"
      data-state={state}
      data-leaving={isLeaving}
      aria-label={name}
      ref={(element) => focusIfRestored(productId, element)}
    >
      <ProductPicture image={image} size={64} eager />
      <div className="what">
        <h3>
          {line.name === null ? (
            name
          ) : (
            <Link to={productPath(productId)} onClick={onLeave}>
              {name}
            </Link>
          )}
        </h3>
        <p className="price">{price === null ? t("product.noPrice") : t("product.each", { price })}</p>
        <LineStock line={line} stock={stock} />
      </div>
      <p className="subtotal">{subtotal}</p>
      <div className="line-forms">
        <QuantityStepper
          productId={productId}
          name={name}
          quantity={quantity}
          stock={stock}
          maxUnitsPerLine={maxUnitsPerLine}
          onRemove={() => remove.current?.click()}
        />
        <CartForm onSubmit={() => onRemove({ productId, name, quantity })}>
          <input type="hidden" name="product_id" value={productId} />
          <button
            type="submit"
            name="intent"
            value="remove"
            className="button bare"
            aria-label={t("cart.removeLabel", { name })}
            aria-busy={isLeaving}
            ref={remove}
          >
            {isLeaving ? t("cart.removing") : t("cart.remove")}
          </button>
        </CartForm>
      </div>
    </li>
  );
}
