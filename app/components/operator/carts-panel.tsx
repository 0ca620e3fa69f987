import { countdownText } from "~/components/clock-text";
import type { ActionResult } from "~/operator/action-result";
import type { HeldCart, Overview } from "~/operator/operator-desk";
import { ActionForm, Confirm } from "./action-form";
import { LogLink } from "./log-link";
import { Mark, Panel } from "./panel";
import { scopeLabels } from "./scope-labels";

/** Holds by cart, with the time left. */
export function CartsPanel({ overview, answer }: { overview: Overview; answer: ActionResult | null }) {
  const { holds } = overview;
  return (
    <Panel id="carts" title="Carts" scope={scopeLabels(overview).wholeShop}>
      {holds === null && <p className="hint">The store of holds does not answer.</p>}
      {holds?.carts.length === 0 && <p className="hint">No cart holds anything.</p>}
      {holds !== null && holds.carts.length > 0 && (
        <ul className="rows">
          {holds.carts.map((cart) => (
            <CartRow key={`${cart.sessionHash} ${cart.claimId ?? ""}`} cart={cart} answer={answer} />
          ))}
        </ul>
      )}
      {holds?.hasMoreCarts === true && <p className="hint">More carts hold something than are listed here.</p>}
    </Panel>
  );
}

function CartRow({ cart, answer }: { cart: HeldCart; answer: ActionResult | null }) {
  const { sessionHash, state, lines, checkoutId } = cart;
  const short = sessionHash.slice(0, 8);
  return (
    <li aria-label={`Cart ${short}`}>
      <div className="row-head">
        <span className="hash">{short}</span>
        <Mark tone={state === "checkout" ? "warn" : undefined}>
          {state === "checkout" ? "At the payment page" : "Shopping"}
        </Mark>
        <span className="number">{leftText(cart)}</span>
      </div>
      <ul>
        {lines.map(({ productId, name, quantity }) => (
          <li key={productId}>
            {quantity} × {name ?? productId}
          </li>
        ))}
      </ul>
      <div className="row-actions">
        {state === "shopping" && (
          <Confirm
            label="Release"
            labelFor={`cart ${short}`}
            question="Its units are free at once. The shopper sees their cart as not held any more."
          >
            <ActionForm
              intent="release_hold"
              fields={{ session: sessionHash }}
              label="Release all of it"
              labelFor={`, cart ${short}`}
              variant="danger"
            />
          </Confirm>
        )}
        {checkoutId !== null && (
          <>
            <Confirm
              label="Close the payment page"
              labelFor={`of cart ${short}`}
              question="Stripe is asked to expire it. Its units are freed only when Stripe proves that nobody can pay on it any more."
            >
              <ActionForm
                intent="close_page"
                fields={{ checkout_id: checkoutId }}
                label="Close it now"
                labelFor={`, cart ${short}`}
                variant="danger"
              />
            </Confirm>
            {saysUnknown(answer, checkoutId) && <EndUnknownPage checkoutId={checkoutId} short={short} />}
            <ActionForm
              intent="inspect"
              fields={{ checkout_id: checkoutId }}
              label="Inspect"
              labelFor={`the checkout of cart ${short}`}
            />
          </>
        )}
        <LogLink text={checkoutId ?? sessionHash} of={`cart ${short}`} />
      </div>
    </li>
  );
}

/** Offered once Stripe has said so; whether it still says so is asked when the form arrives. */
function EndUnknownPage({ checkoutId, short }: { checkoutId: string; short: string }) {
  return (
    <Confirm
      label="End the hold without proof"
      labelFor={`of cart ${short}`}
      question="Stripe doesn't know this payment page. If it was paid in another Stripe account, its items could be sold twice. End the hold only if you have looked there, or if the shop never used another account or key."
    >
      <ActionForm
        intent="end_unknown_page"
        fields={{ checkout_id: checkoutId }}
        label="End the hold"
        labelFor={`of cart ${short}`}
        variant="danger"
      >
        <label>
          <input type="checkbox" name="confirmed" value="yes" required className="box" /> It wasn’t paid and can no
          longer be paid
        </label>
      </ActionForm>
    </Confirm>
  );
}

function saysUnknown(answer: ActionResult | null, checkoutId: string): boolean {
  if (answer === null || !("checkoutId" in answer) || answer.checkoutId !== checkoutId) return false;
  return (
    (answer.intent === "close_page" && answer.result.outcome === "unknown_page") ||
    (answer.intent === "inspect" && answer.inspection === null)
  );
}

function leftText({ state, endsInMs }: HeldCart): string {
  if (endsInMs === null) return state === "checkout" ? "Being opened" : "";
  if (endsInMs <= 0) return "To be closed";
  return `${countdownText(endsInMs)} left`;
}
