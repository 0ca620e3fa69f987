import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import { useLiveProducts } from "~/availability/live-stock";
import type { CartView } from "~/cart/cart-view";
import { countdownText } from "~/components/clock-text";
import { ClockTime } from "~/components/clock-time";
import { useClockText } from "~/components/visitor-clock";
import { site } from "~/words/site";
import { t } from "~/words/words";
import { IntentForm } from "./intent-form";
import { useOnChange, usePending } from "./pending";
import { Rich } from "./rich";
import { useTimeLeft } from "./server-clock";

const WARN_MS = 30_000;
const NOTE_MS = 60_000;

/** How long the cart is held, with buttons to extend or renew the hold. */
export function HoldState({ view }: { view: CartView }) {
  const { heldUntil, readAt, paymentPage, lines } = view;
  const timeLeft = useTimeLeft(heldUntil, readAt);
  const clock = useClockText();
  const hasLapsed = lines.some((line) => line.state === "lapsed");
  useRevalidationAtEnd(timeLeft !== null && timeLeft <= 0);
  return (
    <section className="hold-state" aria-label={t("hold.label")}>
      {paymentPage !== null && <p className="notice">{t("hold.payment", { time: clock(paymentPage.closesAt) })}</p>}
      {heldUntil !== null && <Deadline heldUntil={heldUntil} timeLeft={timeLeft} canExtend={view.canExtend} />}
      {hasLapsed && <Lapsed view={view} />}
      <Announcement stage={holdStage(timeLeft, hasLapsed)} view={view} />
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
        <Rich text={(time) => t("hold.until", { time })} value={<ClockTime at={heldUntil} precision="second" />} />
        {endsSoon && <> · {t("hold.endsSoon")}</>}
      </p>
      {!canExtend && <p>{t("hold.cannotExtend")}</p>}
      <div className="deadline">
        {timeLeft !== null && (
          <span className="countdown" role="timer" aria-live="off" aria-label={t("hold.timeLeft")}>
            {countdownText(timeLeft)}
          </span>
        )}
        {canExtend && (
          <IntentForm intent="extend" label={t("hold.extend")} pendingLabel={t("hold.extending")} quiet={!endsSoon} />
        )}
      </div>
    </div>
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

/** Stages of a hold that are announced. */
type HoldStage = "started" | "minute" | "seconds" | "ended";

/** Announces the deadline, 60 s, 30 s and the end of a hold once each, and every extension. The visible countdown is silent. */
function Announcement({ stage, view: { heldUntil, canExtend } }: { stage: HoldStage | null; view: CartView }) {
  const clock = useClockText();
  const [text, announce] = useState("");
  const untilText = heldUntil === null ? "" : t("hold.announceUntil", { time: clock(heldUntil, "second") });
  const isFirst = useRef(true);
  useEffect(() => {
    if (stage === null) return;
    // A short hold, or the rest of one, begins within the last minute.
    const isDeadline = stage === "started" || (isFirst.current && stage !== "ended");
    announce(isDeadline ? untilText : stageText(stage, canExtend));
    isFirst.current = false;
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a stage is announced once, not each time the deadline moves
  }, [stage]);
  useOnChange(usePending("extend"), heldUntil, () => announce(untilText));
  return (
    <p className="visually-hidden" role="status">
      {text}
    </p>
  );
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

function holdStage(timeLeft: number | null, hasLapsed: boolean): HoldStage | null {
  if (timeLeft === null) return hasLapsed ? "ended" : null;
  if (timeLeft <= 0) return "ended";
  if (timeLeft <= WARN_MS) return "seconds";
  return timeLeft <= NOTE_MS ? "minute" : "started";
}

/** Revalidates when the hold ends, and every second after that in case the server's clock is behind. */
function useRevalidationAtEnd(isOver: boolean): void {
  const { revalidate } = useRevalidator();
  useEffect(() => {
    if (!isOver) return;
    // Offline, the page keeps what it shows.
    const refresh = () => {
      if (navigator.onLine) revalidate();
    };
    refresh();
    const timer = setInterval(refresh, 1_000);
    return () => clearInterval(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `revalidate` changes on every render
  }, [isOver]);
}

function listText(names: readonly string[]): string {
  return new Intl.ListFormat(site().locale).format(names);
}
