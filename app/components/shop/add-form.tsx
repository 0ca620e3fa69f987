import type { FetcherWithComponents } from "@remix-run/react";
import { useEffect, useRef, type FormEvent } from "react";
import type { CartLineView } from "~/cart/cart-view";
import type { PanelResult } from "~/cart/panel-result";
import type { ProductView } from "~/cart/product-view.server";
import { useHydrated } from "~/components/visitor-clock";
import { t } from "~/words/words";
import { useHeldText } from "./cart-hold";
import { useCart } from "./cart-state";

interface AddFormProps {
  readonly changes: FetcherWithComponents<PanelResult>;
  readonly product: ProductView;
  /** The product's line in the cart that is no longer held, which the form reserves again. */
  readonly lapsed: CartLineView | null;
  readonly maxAdded: number;
  readonly hasQuantity: boolean;
  readonly operation: string;
  /** Whether the server has just granted it. */
  readonly isConfirmed: boolean;
}

/** The form that adds a product, or reserves its lapsed line again. Its button shows the result. */
export function AddForm({ changes, product, lapsed, maxAdded, hasQuantity, operation, isConfirmed }: AddFormProps) {
  const { id, name } = product;
  const isPending = changes.state !== "idle";
  const isHydrated = useHydrated();
  const form = useRef<HTMLFormElement>(null);
  const held = useHeldText(useCart().view);

  useEffect(() => {
    if (isConfirmed) form.current?.reset();
  }, [isConfirmed]);

  function submitOnce(event: FormEvent): void {
    if (isPending || isConfirmed) event.preventDefault();
  }

  const label = lapsed === null ? t("product.addLabel", { name }) : t("hold.againLabel", { name });
  return (
    <changes.Form
      method="post"
      action={isHydrated ? "/cart/panel" : "/cart"}
      className="add-form"
      ref={form}
      onSubmit={submitOnce}
    >
      <input type="hidden" name="product_id" value={id} />
      <input type="hidden" name="intent" value={lapsed === null ? "add" : "set"} />
      <input type="hidden" name="operation" value={operation} />
      {lapsed !== null || !hasQuantity ? (
        <input type="hidden" name="quantity" value={lapsed?.quantity ?? 1} />
      ) : (
        <label>
          {t("product.quantity")}
          <input
            type="number"
            name="quantity"
            min={1}
            max={maxAdded}
            step={1}
            defaultValue={1}
            required
            inputMode="numeric"
            autoComplete="off"
          />
        </label>
      )}
      <button
        type="submit"
        className="button"
        aria-label={isPending || isConfirmed ? undefined : label}
        aria-busy={isPending}
        data-confirmed={isConfirmed || undefined}
      >
        {isConfirmed ? held : isPending ? t("hold.reserving") : lapsed === null ? t("product.add") : t("hold.again")}
      </button>
    </changes.Form>
  );
}
