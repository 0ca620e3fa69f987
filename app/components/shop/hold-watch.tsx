import { useEffect, useRef } from "react";
import type { CartView } from "~/cart/cart-view";
import { countdownText } from "~/components/clock-text";
import { useClockText } from "~/components/visitor-clock";
import { t } from "~/words/words";
import { useAnnounce } from "./announcer";
import { useCartHold, type CartHold, type HoldStage } from "./cart-hold";
import { useCart } from "./cart-state";
import { useOnChange, usePending } from "./pending";
import { showInTitle } from "./tab-title";

/** Time until the cart is read again after its hold has ended here but not yet on the server; doubles up to the maximum. */
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

/** What every page does while the hold runs out: shows the time in the tab's title, announces it, and reads the cart again at the end. */
export function HoldWatch() {
  const { view, refresh } = useCart();
  const hold = useCartHold(view);
  useEffect(() => showInTitle(titleText(hold)));
  useAnnouncements(hold?.stage ?? null, view);
  useRefreshAtEnd(hold !== null && hold.timeLeft !== null && hold.timeLeft <= 0, refresh);
  return null;
}

function titleText(hold: CartHold | null): string | null {
  if (hold?.stage === "ended") return t("hold.ended");
  return hold === null || hold.timeLeft === null ? null : countdownText(hold.timeLeft);
}

/** Announces a new hold's deadline, 60 s, 30 s and the end once each, and every extension. The visible countdown is silent. */
function useAnnouncements(stage: HoldStage | null, view: CartView | null): void {
  const clock = useClockText();
  const announce = useAnnounce();
  const before = useRef(stage);
  const heldUntil = view?.heldUntil ?? null;
  const announceDeadline = () => {
    if (heldUntil !== null) announce(t("hold.announceUntil", { time: clock(heldUntil, "second") }));
  };
  useEffect(() => {
    const [from, to] = [before.current, stage];
    before.current = stage;
    // Adding announces itself, and what the page opens with is no news unless little time is left.
    if (to === null || to === from || to === "started") return;
    if (from !== null) announce(stageText(to, view?.canExtend ?? false));
    else if (to !== "ended") announceDeadline();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a stage is announced once, not each time the deadline moves
  }, [stage]);
  useOnChange(usePending("extend"), heldUntil, announceDeadline);
  useOnChange(usePending("hold"), heldUntil, announceDeadline);
}

function stageText(stage: Exclude<HoldStage, "started">, canExtend: boolean): string {
  switch (stage) {
    case "minute":
      return t("hold.announceMinute");
    case "seconds":
      return canExtend ? t("hold.announceSecondsExtend") : t("hold.announceSeconds");
    case "ended":
      return t("hold.announceEnded");
  }
}

/** The server may see the end a little later. */
function useRefreshAtEnd(isOver: boolean, refresh: () => void): void {
  useEffect(() => {
    if (!isOver) return;
    let timer: ReturnType<typeof setTimeout>;
    const ask = (retryMs: number) => {
      refresh();
      timer = setTimeout(() => ask(Math.min(2 * retryMs, MAX_RETRY_MS)), retryMs);
    };
    ask(FIRST_RETRY_MS);
    return () => clearTimeout(timer);
  }, [isOver, refresh]);
}
