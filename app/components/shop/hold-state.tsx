import { useRevalidator } from "@remix-run/react";
import { useEffect, useState } from "react";
import { useLiveProducts } from "~/availability/live-stock";
import type { CartView } from "~/cart/cart-view.server";
import { countdownText } from "~/components/clock-text";
import { ClockTime } from "~/components/clock-time";
import { cartTexts, holdAgainText, holdStageText, labels, paymentPageText, type HoldStage } from "~/components/texts";
import { useClockText } from "~/components/visitor-clock";
import { IntentForm } from "./intent-form";
import { usePending, useTellChange } from "./pending";
import { useTimeLeft } from "./server-clock";

const WARN_MS = 30_000;
const NOTE_MS = 60_000;

/** Until when the cart is held, and what can be done about it. */
export function HoldState({ view }: { view: CartView }) {
  const { heldUntil, readAt, paymentPage, lines } = view;
  const timeLeft = useTimeLeft(heldUntil, readAt);
  const clock = useClockText();
  const hasLapsed = lines.some((line) => line.state === "lapsed");
  useLookAgain(timeLeft !== null && timeLeft <= 0);
  return (
    <section className="hold-state" aria-label={cartTexts.holdLabel}>
      {paymentPage !== null && (
        <p className="notice">
          {paymentPageText(paymentPage.openedAt, paymentPage.closesAt, clock)} {cartTexts.changesClosePage}
        </p>
      )}
      {heldUntil !== null && <Deadline heldUntil={heldUntil} timeLeft={timeLeft} canExtend={view.canExtend} />}
      {hasLapsed && <Lapsed view={view} />}
      <Announcement stage={holdStage(timeLeft, hasLapsed)} heldUntil={heldUntil} />
    </section>
  );
}

function Deadline({
  heldUntil,
  timeLeft,
  canExtend,
}: {
  heldUntil: number;
  timeLeft: number | null;
  canExtend: boolean;
}) {
  const endsSoon = timeLeft !== null && timeLeft <= WARN_MS;
  return (
    <div className={`notice ${endsSoon ? "warn" : "good"}`}>
      <p>
        Held for you until <ClockTime at={heldUntil} precision="second" />.{endsSoon && ` ${cartTexts.endsSoon}`}
        {!canExtend && ` ${cartTexts.cannotExtend}`}
      </p>
      <div className="deadline">
        {timeLeft !== null && (
          <span className="countdown" role="timer" aria-live="off" aria-label={cartTexts.timerLabel}>
            {countdownText(timeLeft)}
          </span>
        )}
        {canExtend && (
          <IntentForm intent="extend" label={labels.extend} pendingLabel={labels.extending} quiet={!endsSoon} />
        )}
      </div>
    </div>
  );
}

/** The lines stay; whether they can be held again is told before it is tried. */
function Lapsed({ view: { lines } }: { view: CartView }) {
  const live = useLiveProducts();
  const short = lines.filter(
    ({ state, productId, stock, quantity }) =>
      state === "lapsed" && (live.get(productId) ?? stock).available < quantity,
  );
  return (
    <div className="notice warn">
      <p>
        {cartTexts.lapsed} {holdAgainText(short.map((line) => line.name ?? cartTexts.gone))}
      </p>
      <IntentForm intent="hold" label={labels.holdAgain} pendingLabel={labels.holding} quiet={false} />
    </div>
  );
}

/** Said to screen readers at the start, at 60 s, at 30 s and at the end, once each, and when the shopper made it longer; the visible countdown itself is silent. */
function Announcement({ stage, heldUntil }: { stage: HoldStage | null; heldUntil: number | null }) {
  const clock = useClockText();
  const [said, say] = useState("");
  useEffect(() => {
    if (stage !== null) say(holdStageText(stage, heldUntil, clock));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a stage is announced once, not each time the deadline moves
  }, [stage]);
  useTellChange(usePending("extend"), heldUntil, () => say(holdStageText("started", heldUntil, clock)));
  return (
    <p className="visually-hidden" role="status">
      {said}
    </p>
  );
}

function holdStage(timeLeft: number | null, hasLapsed: boolean): HoldStage | null {
  if (timeLeft === null) return hasLapsed ? "ended" : null;
  if (timeLeft <= 0) return "ended";
  if (timeLeft <= WARN_MS) return "seconds";
  return timeLeft <= NOTE_MS ? "minute" : "started";
}

/** Once the time is over the server is asked what became of the lines, and again should its clock not be there yet. */
function useLookAgain(isOver: boolean): void {
  const { revalidate } = useRevalidator();
  useEffect(() => {
    if (!isOver) return;
    // A page that cannot reach the server keeps what it shows.
    const ask = () => {
      if (navigator.onLine) revalidate();
    };
    ask();
    const rounds = setInterval(ask, 1_000);
    return () => clearInterval(rounds);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `revalidate` changes on every render
  }, [isOver]);
}
