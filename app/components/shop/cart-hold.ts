import type { CartView } from "~/cart/cart-view";
import { countdownText } from "~/components/clock-text";
import { useClockText } from "~/components/visitor-clock";
import { t } from "~/words/words";
import { useTimeLeft } from "./server-clock";

/** From here on, a hold is about to end. */
const WARN_MS = 30_000;
const NOTE_MS = 60_000;

/** Stages of a hold that are announced. */
export type HoldStage = "started" | "minute" | "seconds" | "ended";

export interface CartHold {
  /** `paying`: the time is the payment page's. `lapsed`: nothing in the cart is held any more. */
  readonly state: "held" | "paying" | "lapsed";
  /** Milliseconds; null when lapsed, and without JavaScript. */
  readonly timeLeft: number | null;
  readonly stage: HoldStage | null;
  /** Whether it can be kept with a click, and it is time to ask. */
  readonly mayKeep: boolean;
}

/** How long the cart is held; null if it is empty, unknown, or perhaps paid. */
export function useCartHold(view: CartView | null): CartHold | null {
  const until = view?.paymentPage?.closesAt ?? view?.heldUntil ?? null;
  const timeLeft = useTimeLeft(until);
  if (view === null || view.lines.length === 0 || view.unsettledCheckout !== null) return null;
  if (view.paymentPage !== null) return { state: "paying", timeLeft, stage: null, mayKeep: false };
  if (until === null) return { state: "lapsed", timeLeft, stage: "ended", mayKeep: false };
  const stage = timeLeft === null ? null : stageAt(timeLeft);
  return { state: "held", timeLeft, stage, mayKeep: view.canExtend && stage === "seconds" };
}

/** "Held for you · 1:42"; without JavaScript, until when. Null if nothing is held. */
export function useHeldText(view: CartView | null): string | null {
  const hold = useCartHold(view);
  const clock = useClockText();
  if (view === null || hold === null || hold.state === "lapsed") return null;
  if (hold.state === "paying") return t("hold.paying");
  if (hold.timeLeft !== null) return t("hold.heldFor", { time: countdownText(hold.timeLeft) });
  return view.heldUntil === null ? null : t("hold.until", { time: clock(view.heldUntil, "second") });
}

function stageAt(timeLeft: number): HoldStage {
  if (timeLeft <= 0) return "ended";
  if (timeLeft <= WARN_MS) return "seconds";
  return timeLeft <= NOTE_MS ? "minute" : "started";
}
