import type { AvailabilityFeed } from "./availability-feed.server";

/** How soon a browser reconnects after the stream ends, for instance when the server restarts. */
const RETRY_MS = 2_000;
/** Messages buffered for a reader that does not read. When it reconnects, it gets everything again. */
const MAX_BUFFERED = 500;

/**
 * A response with server-sent `availability` events until the viewer or the server disconnects; null if the feed accepts no viewer.
 * `no-transform` keeps remix-serve's compression from delaying events.
 */
export function availabilityEvents(
  feed: AvailabilityFeed,
  viewer: { sessionHash: string | null; productIds: readonly string[] },
  /** Calls back once the response is closed. */
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
            // The reader has already closed it.
          }
        };
        const write = (text: string) => {
          if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(text));
          else close();
        };
        stop = feed.watch({
          ...viewer,
          send: (product) => write(`event: availability\ndata: ${JSON.stringify(product)}\n\n`),
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
    { highWaterMark: MAX_BUFFERED },
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
