import { setTimeout as sleep } from "node:timers/promises";

/** Longest delay from a sale's announcement to the kill, so that the swap or the final mark may be in flight. */
const LATEST_MS = 80;

/** Which server is currently settling which sale, derived from the marks that it has written to Stripe. */
export interface Settlements {
  /** Records a request of this server that Stripe has executed. */
  observe(server: number, request: Request, body: string): void;
  /** Number of sales that the server has announced but neither finished nor withdrawn. */
  countOf(server: number): number;
  /** Forgets a dead server's sales: the server that continues them announces them again. */
  forget(server: number): void;
  /** A server that announced a sale a random moment ago and is still settling it; null if none in time. */
  next(withinMs: number): Promise<number | null>;
}

export function watchSettlements(): Settlements {
  const settling = new Map<string, number>();
  let announced: (checkoutId: string) => void = () => undefined;
  const countOf = (server: number) => [...settling.values()].filter((each) => each === server).length;
  return {
    countOf,
    observe(server, request, body) {
      const checkoutId = /^\/v1\/checkout\/sessions\/(cs_[^/]+)$/.exec(new URL(request.url).pathname)?.[1];
      if (checkoutId === undefined || request.method !== "POST") return;
      const marks = [...new URLSearchParams(body)].filter(([key]) => key.startsWith("metadata[holdfast_line_"));
      if (marks.length === 0) return;
      if (marks.some(([, value]) => value.includes('"mark":"intent"'))) {
        settling.set(checkoutId, server);
        announced(checkoutId);
      } else settling.delete(checkoutId);
    },
    forget(server) {
      for (const [checkoutId, owner] of settling) if (owner === server) settling.delete(checkoutId);
    },
    async next(withinMs) {
      const end = performance.now() + withinMs;
      while (performance.now() < end) {
        const announcement = new Promise<string>((resolve) => {
          announced = resolve;
        });
        const checkoutId = await Promise.race([announcement, sleep(end - performance.now(), null)]);
        if (checkoutId === null) return null;
        await sleep(Math.random() * LATEST_MS);
        const server = settling.get(checkoutId);
        if (server !== undefined) return server;
      }
      return null;
    },
  };
}
