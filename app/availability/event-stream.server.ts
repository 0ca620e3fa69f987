import type { AvailabilityFeed } from "./availability-feed.server";

/** How soon a browser comes back when the stream ends, as when a server is replaced. */
const RETRY_MS = 2_000;
/** Messages that wait for a reader that does not read; one who comes back is told everything anew. */
const MAX_WAITING = 500;

/**
 * Server-sent events `availability` until the viewer or the server leaves. Null: the feed takes nobody.
 * `no-transform` keeps remix-serve's compression from holding events back.
 */
export function availabilityEvents(
  feed: AvailabilityFeed,
  viewer: { sessionHash: string | null; productIds: readonly string[] },
  /** Calls back once nobody reads any more. */
  whenClosed: (then: () => void) => void,
): Response | null {
  const encoder = new TextEncoder();
  let stop: (() => void) | null = null;
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const close = () => {
          stop?.();
          stop = null;
          try {
            controller.close();
          } catch {
            // The reader had closed it.
          }
        };
        const write = (text: string) => {
          if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(text));
          else close();
        };
        stop = feed.watch({
          ...viewer,
          tell: (product) => write(`event: availability\ndata: ${JSON.stringify(product)}\n\n`),
          beat: () => write(": still here\n\n"),
          end: close,
        });
        if (stop === null) return;
        write(`retry: ${RETRY_MS}\n: welcome\n\n`);
        whenClosed(close);
      },
      cancel() {
        stop?.();
        stop = null;
      },
    },
    { highWaterMark: MAX_WAITING },
  );
  if (stop === null) return null;
  return new Response(stream, {
    headers: {
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store, no-transform",
      "X-Accel-Buffering": "no",
    },
  });
}
