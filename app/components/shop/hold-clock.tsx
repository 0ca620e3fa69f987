import { useFetcher, useLocation } from "@remix-run/react";
import { useEffect } from "react";
import type { PanelResult } from "~/cart/panel-result";
import { countdownText } from "~/components/clock-text";
import { t } from "~/words/words";
import { ChangesInPlace } from "./cart-form";
import { useCartHold, type CartHold } from "./cart-hold";
import { useCart } from "./cart-state";
import { FailureAlert, RefusalAlert } from "./failure-alert";
import { IntentForm } from "./intent-form";

/** The cart's time in the header, and the button that keeps or renews its hold when it is time. The cart page has its own button. */
export function HoldClock() {
  const hold = useCartHold(useCart().view);
  const { pathname } = useLocation();
  if (hold === null) return null;
  return (
    <div className="hold-clock" data-stage={hold.stage}>
      <TimeLeft hold={hold} />
      {pathname !== "/cart" && <HoldAction hold={hold} quiet />}
    </div>
  );
}

/** "1:42", or that the hold has ended. */
export function TimeLeft({ hold: { state, timeLeft } }: { hold: CartHold }) {
  if (state === "lapsed")
    return (
      <span className="time-left" data-state={state}>
        {t("hold.ended")}
      </span>
    );
  if (timeLeft === null) return null;
  return (
    <span className="time-left" data-state={state}>
      <span className="visually-hidden">{state === "paying" ? t("hold.payingTimeLeft") : t("hold.timeLeft")} </span>
      {countdownText(timeLeft)}
    </span>
  );
}

/** Keeps a hold that is about to end, or reserves everything again, without leaving the page. */
export function HoldAction({ hold, quiet = false }: { hold: CartHold; quiet?: boolean }) {
  const { refresh } = useCart();
  // A failure is about this page only.
  const changes = useFetcher<PanelResult>({ key: `hold ${useLocation().key}` });
  const response = changes.state === "idle" ? changes.data : undefined;
  useEffect(() => {
    if (response?.outcome === "failed") refresh();
  }, [response, refresh]);
  return (
    <ChangesInPlace value={changes}>
      {hold.mayKeep && <IntentForm intent="extend" label={t("hold.extend")} pendingLabel={t("hold.extending")} quiet />}
      {hold.state === "lapsed" && (
        <IntentForm intent="hold" label={t("hold.again")} pendingLabel={t("hold.reserving")} quiet={quiet} />
      )}
      {response?.outcome === "failed" && <FailureAlert failure={response.failure} />}
      {response?.outcome === "refused" && <RefusalAlert refusal={response.refusal} />}
    </ChangesInPlace>
  );
}
