import { useEffect, useMemo, useState } from "react";
import { useHydrated } from "~/components/visitor-clock";

/**
 * What is left until a moment of the server's clock, in milliseconds; null without JavaScript. It is counted from when the
 * data arrived and not by the date that this machine believes in, goes on while the machine sleeps, and a reload does not
 * reset it. `readAt`: when the server read the data, by its own clock.
 */
export function useTimeLeft(until: number | null, readAt: number): number | null {
  const isHydrated = useHydrated();
  // Data that the page was rendered with arrived with the document, all later data just now.
  const [first] = useState({ readAt, isHydrated });
  const ahead = useMemo(
    () => readAt - (readAt === first.readAt && !first.isHydrated ? documentArrival() : Date.now()),
    [readAt, first],
  );
  const [, tick] = useState(0);
  const left = until === null ? null : until - (Date.now() + ahead);

  useEffect(() => {
    if (until === null) return;
    let timer: ReturnType<typeof setTimeout>;
    const again = () => {
      tick((count) => count + 1);
      // On the next full second of the countdown.
      const rest = until - (Date.now() + ahead);
      timer = setTimeout(again, rest <= 0 ? 1_000 : (rest % 1_000) + 1);
    };
    again();
    document.addEventListener("visibilitychange", again);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", again);
    };
  }, [until, ahead]);

  return isHydrated ? left : null;
}

function documentArrival(): number {
  const [navigation] = performance.getEntriesByType("navigation");
  const isKnown =
    navigation !== undefined && "responseStart" in navigation && typeof navigation.responseStart === "number";
  return isKnown ? performance.timeOrigin + Number(navigation.responseStart) : Date.now();
}
