import { readProduct, readProducts, type LiveProduct } from "./live-product";

/** How long a new stream may stay silent before it counts as blocked: it begins with everything there is to know. */
const SILENT_MS = 6_000;
const POLL_MS = 4_000;
/** How long to poll before the stream is tried again. */
const STREAM_AGAIN_MS = 60_000;
const PULSE_MS = 5_000;
/** A pulse that comes later than this means that the machine has slept. */
const SLEPT_MS = 15_000;

interface Options {
  /** At most 100. */
  readonly productIds: readonly string[];
  readonly onProduct: (product: LiveProduct) => void;
  /** The page was away (hidden, asleep, in the back-forward cache), so all of it may be old; called once the server answers again. */
  readonly onReturn: () => void;
}

/** Follows the products for as long as the tab can be seen: by an event stream, or by polling where that is blocked. Returns the way to stop. */
export function watchAvailability({ productIds, onProduct, onReturn }: Options): () => void {
  const query = new URLSearchParams(productIds.map((id) => ["product_id", id])).toString();
  let stopFollowing: (() => void) | null = null;
  let lastPulse = Date.now();
  let wasAway = false;

  function follow(): void {
    stopFollowing ??= stream();
  }

  function pause(): void {
    stopFollowing?.();
    stopFollowing = null;
  }

  function restart(): void {
    pause();
    if (document.visibilityState === "visible") follow();
  }

  function comeBack(): void {
    wasAway = true;
    restart();
  }

  function tell(product: LiveProduct): void {
    onProduct(product);
    if (!wasAway) return;
    wasAway = false;
    onReturn();
  }

  function stream(): () => void {
    const source = new EventSource(`/api/availability/stream?${query}`);
    const silence = setTimeout(usePolling, SILENT_MS);
    const stop = () => {
      clearTimeout(silence);
      source.close();
    };
    source.addEventListener("availability", (event: MessageEvent<unknown>) => {
      clearTimeout(silence);
      const product = readProduct(event.data);
      if (product !== null) tell(product);
    });
    source.addEventListener("error", () => {
      // Otherwise the browser connects again by itself.
      if (source.readyState === EventSource.CLOSED) usePolling();
    });
    function usePolling() {
      stop();
      stopFollowing = poll();
    }
    return stop;
  }

  function poll(): () => void {
    const abort = new AbortController();
    const ask = () => {
      void fetch(`/api/availability?${query}`, { signal: abort.signal })
        .then((answer) => (answer.ok ? answer.text() : ""))
        .then((text) => {
          for (const product of readProducts(text)) tell(product);
        })
        .catch(() => undefined); // Offline for now: the numbers stay, and the next round asks again.
    };
    ask();
    const rounds = setInterval(ask, POLL_MS);
    const again = setTimeout(restart, STREAM_AGAIN_MS);
    return () => {
      abort.abort();
      clearInterval(rounds);
      clearTimeout(again);
    };
  }

  const onVisibility = () => (document.visibilityState === "visible" ? comeBack() : pause());
  const onPageShow = (event: PageTransitionEvent) => {
    if (event.persisted) comeBack();
  };
  const pulse = setInterval(() => {
    const hasSlept = Date.now() - lastPulse > SLEPT_MS;
    lastPulse = Date.now();
    if (hasSlept && document.visibilityState === "visible") comeBack();
  }, PULSE_MS);
  document.addEventListener("visibilitychange", onVisibility);
  window.addEventListener("pageshow", onPageShow);
  window.addEventListener("pagehide", pause);
  restart();

  return () => {
    pause();
    clearInterval(pulse);
    document.removeEventListener("visibilitychange", onVisibility);
    window.removeEventListener("pageshow", onPageShow);
    window.removeEventListener("pagehide", pause);
  };
}
