import { countdownText } from "~/components/clock-text";
import type { ActionResult } from "~/operator/action-result";
import type { HeldCart, Overview } from "~/operator/operator-desk";
import { ActionForm, Confirm } from "./action-form";
import { LogLink } from "./log-link";
import { Mark, Panel } from "./panel";
import { scopeLabels } from "./scope-labels";

/** Holds by cart, with the time left. `lastAction`: offers the next step after its result. */
export function CartsPanel({ overview, lastAction }: { overview: Overview; lastAction: ActionResult | null }) {
  const { holds } = overview;
  return (
    <Panel id="carts" title="Carts" scope={scopeLabels(overview).wholeShop}>
      {holds === null && <p className="hint">Hold storage isn't responding.</p>}
      {holds?.carts.length === 0 && <p className="hint">Nothing is held.</p>}
      {holds !== null && holds.carts.length > 0 && (
        <ul className="rows">
          {holds.carts.map((cart) => (
            <CartRow key={`${cart.sessionHash} ${cart.claimId ?? ""}`} cart={cart} lastAction={lastAction} />
          ))}
        </ul>
      )}
      {holds?.hasMoreCarts === true && <p className="hint">Not all carts are listed.</p>}
    </Panel>
  );
}

function CartRow({ cart, lastAction }: { cart: HeldCart; lastAction: ActionResult | null }) {
  const { sessionHash, state, lines, checkoutId } = cart;
  const short = sessionHash.slice(0, 8);
  return (
    <li aria-label={`Cart ${short}`}>
      <div className="row-head">
        <span className="hash">{short}</span>
        <Mark tone={state === "checkout" ? "warn" : undefined}>
          {state === "checkout" ? "In checkout" : "Shopping"}
        </Mark>
        <span className="number">{timeLeftText(cart)}</span>
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
            question="Makes its items available at once. The shopper sees the hold as expired."
          >
            <ActionForm
              intent="release_hold"
              fields={{ session: sessionHash }}
              label="Release all items"
              labelFor={`, cart ${short}`}
              variant="danger"
            />
          </Confirm>
        )}
        {checkoutId !== null && (
          <>
            <Confirm
              label="Close payment page"
              labelFor={`of cart ${short}`}
              question="Asks Stripe to expire the page. Its items are released once Stripe confirms that it can no longer be paid."
            >
              <ActionForm
                intent="close_page"
                fields={{ checkout_id: checkoutId }}
                label="Close now"
                labelFor={`, cart ${short}`}
                variant="danger"
              />
            </Confirm>
            {isUnknownToStripe(checkoutId, lastAction) && <EndUnknownPage checkoutId={checkoutId} short={short} />}
            <ActionForm
              intent="inspect"
              fields={{ checkout_id: checkoutId }}
              label="Inspect"
              labelFor={`checkout of cart ${short}`}
            />
          </>
        )}
        <LogLink text={checkoutId ?? sessionHash} labelFor={`cart ${short}`} />
      </div>
    </li>
  );
}

/** Offered once Stripe reports the page as unknown. Stripe is asked again when the form is submitted. */
function EndUnknownPage({ checkoutId, short }: { checkoutId: string; short: string }) {
  return (
    <Confirm
      label="End the hold without proof"
      labelFor={`of cart ${short}`}
      question="Stripe doesn't know this payment page. If it was paid in another Stripe account, its items could be sold twice. End the hold only if you have checked there, or if the shop has never used another account or key."
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

function isUnknownToStripe(checkoutId: string, lastAction: ActionResult | null): boolean {
  if (lastAction === null || !("checkoutId" in lastAction) || lastAction.checkoutId !== checkoutId) return false;
  return (
    (lastAction.intent === "close_page" && lastAction.result.outcome === "unknown_page") ||
    (lastAction.intent === "inspect" && lastAction.inspection === null)
  );
}

function timeLeftText({ state, endsInMs }: HeldCart): string {
  if (endsInMs === null) return state === "checkout" ? "Opening" : "";
  if (endsInMs <= 0) return "Closing";
  return `${countdownText(endsInMs)} left`;
}
