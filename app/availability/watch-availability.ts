import { readProduct, readProducts, type LiveProduct } from "./live-product";

/** A new stream that stays silent for this long counts as blocked: it should begin with the state of all products. */
const SILENT_MS = 6_000;
const POLL_MS = 4_000;
/** Time of polling before the stream is tried again. */
const RETRY_STREAM_MS = 60_000;
const PULSE_MS = 5_000;
/** A longer gap between two pulses means that the machine was asleep. */
const SLEPT_MS = 15_000;

interface Options {
  /** At most 100. */
  readonly productIds: readonly string[];
  readonly onProduct: (product: LiveProduct) => void;
  /** The page was hidden, asleep or in the back-forward cache, so all of it may be stale. Called once the server responds again. */
  readonly onReturn: () => void;
}

/**
 * Follows products while the tab is visible, through an event stream or, if that is blocked, by polling. Returns a function that stops it.
 *
 * @example
 * const stop = watchAvailability({ productIds: ["mug"], onProduct: show, onReturn: reload });
 */
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

  function returnToPage(): void {
    wasAway = true;
    restart();
  }

  function receive(product: LiveProduct): void {
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
      if (product !== null) receive(product);
    });
    source.addEventListener("error", () => {
      // Otherwise the browser reconnects by itself.
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
        .then((response) => (response.ok ? response.text() : ""))
        .then((text) => {
          for (const product of readProducts(text)) receive(product);
        })
        .catch(() => undefined); // Offline: keep the numbers, and try again in the next round.
    };
    ask();
    const rounds = setInterval(ask, POLL_MS);
    const again = setTimeout(restart, RETRY_STREAM_MS);
    return () => {
      abort.abort();
      clearInterval(rounds);
      clearTimeout(again);
    };
  }

  const onVisibility = () => (document.visibilityState === "visible" ? returnToPage() : pause());
  const onPageShow = (event: PageTransitionEvent) => {
    if (event.persisted) returnToPage();
  };
  const pulse = setInterval(() => {
    const hasSlept = Date.now() - lastPulse > SLEPT_MS;
    lastPulse = Date.now();
    if (hasSlept && document.visibilityState === "visible") returnToPage();
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
