import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { useHydrated } from "~/components/visitor-clock";

/** The server's clock minus this machine's, in milliseconds. */
const OffsetContext = createContext(0);

/**
 * The server's clock for the countdowns inside. Based on when data arrived, so that a wrong system date does not matter. `readAt`: server
 * time when the newest data was read, in epoch milliseconds.
 */
export function ServerClock({ readAt, children }: { readAt: number; children: ReactNode }) {
  const isHydrated = useHydrated();
  // The first data arrived with the document; later data has just arrived.
  const [first] = useState({ readAt, isHydrated });
  const offset = useMemo(
    () => readAt - (readAt === first.readAt && !first.isHydrated ? documentArrival() : Date.now()),
    [readAt, first],
  );
  return <OffsetContext.Provider value={offset}>{children}</OffsetContext.Provider>;
}

/** Milliseconds left until a time on the server's clock; null without JavaScript. Continues during sleep and survives a reload. */
export function useTimeLeft(until: number | null): number | null {
  const isHydrated = useHydrated();
  const offset = useContext(OffsetContext);
  const [, tick] = useState(0);
  const left = until === null ? null : until - (Date.now() + offset);

  useEffect(() => {
    if (until === null) return;
    let timer: ReturnType<typeof setTimeout>;
    const update = () => {
      tick((count) => count + 1);
      // Updates at the next full second of the countdown.
      const rest = until - (Date.now() + offset);
      timer = setTimeout(update, rest <= 0 ? 1_000 : (rest % 1_000) + 1);
    };
    update();
    document.addEventListener("visibilitychange", update);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", update);
    };
  }, [until, offset]);

  return isHydrated ? left : null;
}

function documentArrival(): number {
  const [navigation] = performance.getEntriesByType("navigation");
  const isKnown =
    navigation !== undefined && "responseStart" in navigation && typeof navigation.responseStart === "number";
  return isKnown ? performance.timeOrigin + Number(navigation.responseStart) : Date.now();
}
