import { useNavigation, useRevalidator } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import { ClockTime } from "~/components/clock-time";
import { useHydrated } from "~/components/visitor-clock";

const EVERY_MS = 2_000;

/** Keeps the page fresh while somebody looks at it, and says how fresh it is. Without JavaScript a reload does that. */
export function LiveState({ at }: { at: number }) {
  const isHydrated = useHydrated();
  const [isPaused, setPaused] = useState(false);
  const isReachable = useFreshFigures(!isPaused);
  return (
    <div className="live-state">
      <span>
        <span aria-live="polite">{!isReachable && <strong>The server does not answer. </strong>}</span>
        {isHydrated && !isPaused && isReachable ? "Live, as of " : "As of "}
        <ClockTime at={at} precision="second" />
      </span>
      {isHydrated ? (
        <button type="button" className="button quiet" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          Pause updates
        </button>
      ) : (
        <a href="">Read again</a>
      )}
    </div>
  );
}

/**
 * Reads everything anew every two seconds, in a visible tab, and never while a form is on its way. Asks first whether the server
 * is there: where it is not, reading would replace the page by an error. Returns whether it was.
 */
function useFreshFigures(isWanted: boolean): boolean {
  const [isReachable, setReachable] = useState(true);
  const { revalidate, state } = useRevalidator();
  const navigation = useNavigation().state;
  const latest = useRef({ revalidate, isBusy: true });
  latest.current = { revalidate, isBusy: state !== "idle" || navigation !== "idle" };

  useEffect(() => {
    if (!isWanted) return;
    let isAsking = false;
    const read = async () => {
      if (isAsking || document.hidden || latest.current.isBusy) return;
      isAsking = true;
      const isThere = await fetch("/healthz", { cache: "no-store" }).then(
        ({ ok }) => ok,
        () => false,
      );
      isAsking = false;
      setReachable(isThere);
      if (isThere && !latest.current.isBusy) latest.current.revalidate();
    };
    const timer = setInterval(() => void read(), EVERY_MS);
    const onVisible = () => void read();
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [isWanted]);
  return isReachable;
}
