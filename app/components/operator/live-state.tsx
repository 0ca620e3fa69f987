import { useNavigation, useRevalidator } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import { ClockTime } from "~/components/clock-time";
import { useHydrated } from "~/components/visitor-clock";

const REFRESH_MS = 2_000;

/** Refreshes the page while it is visible, and shows when it was last updated. Without JavaScript there is a link to reload it. */
export function LiveState({ at }: { at: number }) {
  const isHydrated = useHydrated();
  const [isPaused, setPaused] = useState(false);
  const isReachable = useAutoRefresh(!isPaused);
  return (
    <div className="live-state">
      <span>
        <span aria-live="polite">{!isReachable && <strong>Server not responding. </strong>}</span>
        {isHydrated && !isPaused && isReachable ? "Live · Updated " : "Updated "}
        <ClockTime at={at} precision="second" />
      </span>
      {isHydrated ? (
        <button type="button" className="button quiet" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          Pause updates
        </button>
      ) : (
        <a href="">Refresh</a>
      )}
    </div>
  );
}

/**
 * Revalidates the page every two seconds in a visible tab, but never while a form is being submitted. Asks `/healthz` first, because a
 * failed revalidation would replace the page with an error. Returns whether the server last responded.
 */
function useAutoRefresh(isActive: boolean): boolean {
  const [isReachable, setReachable] = useState(true);
  const { revalidate, state } = useRevalidator();
  const navigation = useNavigation().state;
  const latest = useRef({ revalidate, isBusy: true });
  latest.current = { revalidate, isBusy: state !== "idle" || navigation !== "idle" };

  useEffect(() => {
    if (!isActive) return;
    let isChecking = false;
    const refresh = async () => {
      if (isChecking || document.hidden || latest.current.isBusy) return;
      isChecking = true;
      const isUp = await fetch("/healthz", { cache: "no-store" }).then(
        ({ ok }) => ok,
        () => false,
      );
      isChecking = false;
      setReachable(isUp);
      if (isUp && !latest.current.isBusy) latest.current.revalidate();
    };
    const timer = setInterval(() => void refresh(), REFRESH_MS);
    const onVisible = () => void refresh();
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [isActive]);
  return isReachable;
}
