import { useFetcher } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { PanelAnswer } from "~/cart/panel-answer";
import type { ProductView, StockView } from "~/cart/product-view.server";
import { labels, lineFailureText, productTexts } from "~/components/texts";
import { useClockText, useHydrated } from "~/components/visitor-clock";
import { useSay } from "./announcer";
import { FailureAlert } from "./failure-alert";

interface AddToCartFormProps {
  readonly product: ProductView;
  /** As it is now. */
  readonly stock: StockView;
  readonly maxUnitsPerLine: number;
  /** Id of this form: what it asks for happens once, however often it is sent. */
  readonly operation: string;
}

/**
 * Adds without leaving the page; without JavaScript it leads to the cart. Nothing where nothing can be added: the words about the
 * stock next to it say why. One unit needs no quantity field.
 */
export function AddToCartForm({
  product: { id, name, forSale },
  stock,
  maxUnitsPerLine,
  operation,
}: AddToCartFormProps) {
  const { Form, state, data } = useFetcher<PanelAnswer>();
  const isHydrated = useHydrated();
  const form = useRef<HTMLFormElement>(null);
  const say = useSay();
  const isPending = state !== "idle";
  const answer = isPending ? undefined : data;
  const possible = Math.min(maxUnitsPerLine, stock.available - stock.heldByYou);

  useEffect(() => {
    if (answer?.outcome !== "changed") return;
    form.current?.reset();
    say(productTexts.added(name));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per response
  }, [answer]);

  return (
    <>
      {/* What is being added may be the last, and its form must not go while it is on its way. */}
      {forSale && (possible > 0 || isPending) && (
        <Form method="post" action={isHydrated ? "/cart/panel" : "/cart"} className="add-form" ref={form}>
          <input type="hidden" name="intent" value="add" />
          <input type="hidden" name="product_id" value={id} />
          <input type="hidden" name="operation" value={operation} />
          {maxUnitsPerLine === 1 ? (
            <input type="hidden" name="quantity" value="1" />
          ) : (
            <label>
              {labels.quantity}
              <input
                type="number"
                name="quantity"
                min={1}
                max={Math.max(1, possible)}
                step={1}
                defaultValue={1}
                required
                inputMode="numeric"
                autoComplete="off"
              />
            </label>
          )}
          <button type="submit" className="button" aria-label={productTexts.addLabel(name)} aria-busy={isPending}>
            {isPending ? labels.adding : labels.addToCart}
          </button>
        </Form>
      )}
      <Refusal answer={answer} productId={id} />
    </>
  );
}

function Refusal({ answer, productId }: { answer: PanelAnswer | undefined; productId: string }) {
  const clock = useClockText();
  if (answer?.outcome === "failed") {
    return (
      <FailureAlert failure={answer.failure}>
        {answer.failure.kind === "refused" && <p>{lineFailureText(answer.failure, productId, clock)}</p>}
      </FailureAlert>
    );
  }
  if (answer?.outcome !== "refused") return null;
  return (
    <p role="alert" className="notice bad">
      {answer.message}
    </p>
  );
}
