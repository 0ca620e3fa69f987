import { useLiveProducts } from "~/availability/live-stock";
import type { CartView } from "~/cart/cart-view";
import { countdownText } from "~/components/clock-text";
import { ClockTime } from "~/components/clock-time";
import { useClockText } from "~/components/visitor-clock";
import { site } from "~/words/site";
import { t } from "~/words/words";
import { useCartHold, type CartHold } from "./cart-hold";
import { durationText } from "./duration-text";
import { IntentForm } from "./intent-form";
import { Rich } from "./rich";

/** How long the cart is held, with buttons to extend, renew or free it. Says nothing while the cart may be paid already. */
export function HoldState({ view }: { view: CartView }) {
  const hold = useCartHold(view);
  if (view.unsettledCheckout !== null) return null;
  return (
    <section className="hold-state" aria-label={t("hold.label")}>
      {view.paymentPage !== null && <Payment closesAt={view.paymentPage.closesAt} hold={hold} />}
      {view.heldUntil !== null && <Deadline view={view} heldUntil={view.heldUntil} hold={hold} />}
      {view.paymentPage === null && hasLapsed(view) && <Lapsed view={view} />}
    </section>
  );
}

export function hasLapsed({ lines }: CartView): boolean {
  return lines.some(({ state }) => state === "lapsed");
}

/** Cancelling holds the cart again without its payment page, which must be proven closed first. */
function Payment({ closesAt, hold }: { closesAt: number; hold: CartHold | null }) {
  const clock = useClockText();
  return (
    <div className="notice">
      <p>{t("hold.payment", { time: clock(closesAt) })}</p>
      <div className="deadline">
        <Countdown hold={hold} label={t("hold.payingTimeLeft")} />
        <IntentForm intent="hold" label={t("hold.cancelPayment")} pendingLabel={t("hold.cancelling")} quiet />
      </div>
    </div>
  );
}

interface DeadlineProps {
  readonly view: CartView;
  readonly heldUntil: number;
  readonly hold: CartHold | null;
}

function Deadline({ view: { readAt, canExtend }, heldUntil, hold }: DeadlineProps) {
  const timeLeft = hold?.timeLeft ?? null;
  const endsSoon = hold?.stage === "seconds" || hold?.stage === "ended";
  return (
    <div className={`notice ${endsSoon ? "warn" : "good"}`}>
      <p>
        <Rich text={(time) => t("hold.until", { time })} value={<ClockTime at={heldUntil} precision="second" />} />
        {/* Without scripts nothing counts down, and the zone of the time may be another than the shopper's. */}
        {timeLeft === null && <> · {t("hold.left", { duration: durationText(heldUntil - readAt) })}</>}
        {endsSoon && <> · {t("hold.endsSoon")}</>}
      </p>
      {!canExtend && <p>{t("hold.cannotExtend")}</p>}
      <div className="deadline">
        <Countdown hold={hold} label={t("hold.timeLeft")} />
        {canExtend && <IntentForm intent="extend" label={t("hold.extend")} pendingLabel={t("hold.extending")} quiet />}
      </div>
    </div>
  );
}

function Countdown({ hold, label }: { hold: CartHold | null; label: string }) {
  if (hold === null || hold.timeLeft === null) return null;
  return (
    <span className="countdown" role="timer" aria-live="off" aria-label={label}>
      {countdownText(hold.timeLeft)}
    </span>
  );
}

/** Lapsed lines stay in the cart. States in advance whether they can be held again. */
function Lapsed({ view: { lines } }: { view: CartView }) {
  const live = useLiveProducts();
  const lapsed = lines.filter(({ state }) => state === "lapsed");
  const short = lapsed.filter(({ productId, stock, quantity }) => (live.get(productId) ?? stock).available < quantity);
  return (
    <div className="notice warn">
      <p>
        {short.length > 0
          ? t("hold.lapsedShort", { names: listText(short.map((line) => line.name ?? t("cart.gone"))) })
          : lapsed.length < lines.length
            ? t("hold.lapsedSome")
            : t("hold.lapsedAll")}
      </p>
      <IntentForm intent="hold" label={t("hold.again")} pendingLabel={t("hold.reserving")} quiet={false} />
    </div>
  );
}

function listText(names: readonly string[]): string {
  return new Intl.ListFormat(site().locale).format(names);
}
