import { useFetcher } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { StockView } from "~/availability/stock-view";
import type { PanelResult } from "~/cart/panel-result";
import type { ProductView } from "~/cart/product-view.server";
import { useClockText, useHydrated } from "~/components/visitor-clock";
import { t } from "~/words/words";
import { useAnnounce } from "./announcer";
import { FailureAlert, RefusalAlert } from "./failure-alert";
import { lineFailureText } from "./failure-text";

interface AddToCartFormProps {
  readonly product: ProductView;
  /** The live stock. */
  readonly stock: StockView;
  readonly maxUnitsPerLine: number;
  /** Idempotency key of this form: it takes effect once, however often it is submitted. */
  readonly operation: string;
}

/**
 * Adds to the cart without leaving the page; without JavaScript it opens the cart. Renders no form when nothing can be added; the
 * stock text next to it says why. There is no quantity field if only one unit can be added.
 */
export function AddToCartForm({
  product: { id, name, forSale },
  stock,
  maxUnitsPerLine,
  operation,
}: AddToCartFormProps) {
  const { Form, state, data } = useFetcher<PanelResult>();
  const isHydrated = useHydrated();
  const form = useRef<HTMLFormElement>(null);
  const announce = useAnnounce();
  const isPending = state !== "idle";
  const response = isPending ? undefined : data;
  const addable = Math.min(maxUnitsPerLine, stock.available - stock.heldByYou);

  useEffect(() => {
    if (response?.outcome !== "changed") return;
    form.current?.reset();
    announce(t("product.added", { name }));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per response
  }, [response]);

  return (
    <>
      {/* Keep the form while it is pending, even if it adds the last unit. */}
      {forSale && (addable > 0 || isPending) && (
        <Form method="post" action={isHydrated ? "/cart/panel" : "/cart"} className="add-form" ref={form}>
          <input type="hidden" name="intent" value="add" />
          <input type="hidden" name="product_id" value={id} />
          <input type="hidden" name="operation" value={operation} />
          {maxUnitsPerLine === 1 ? (
            <input type="hidden" name="quantity" value="1" />
          ) : (
            <label>
              {t("product.quantity")}
              <input
                type="number"
                name="quantity"
                min={1}
                max={Math.max(1, addable)}
                step={1}
                defaultValue={1}
                required
                inputMode="numeric"
                autoComplete="off"
              />
            </label>
          )}
          <button type="submit" className="button" aria-label={t("product.addLabel", { name })} aria-busy={isPending}>
            {isPending ? t("product.adding") : t("product.add")}
          </button>
        </Form>
      )}
      <Refusal response={response} productId={id} />
    </>
  );
}

function Refusal({ response, productId }: { response: PanelResult | undefined; productId: string }) {
  const clock = useClockText();
  if (response?.outcome === "failed") {
    return (
      <FailureAlert failure={response.failure}>
        {response.failure.kind === "refused" && <p>{lineFailureText(response.failure, productId, clock)}</p>}
      </FailureAlert>
    );
  }
  if (response?.outcome !== "refused") return null;
  return <RefusalAlert refusal={response.refusal} />;
}
