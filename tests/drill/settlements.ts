import { setTimeout as sleep } from "node:timers/promises";

/** The swap, or the mark that it is done, may be on its way: a kill comes this long after the announcement at most. */
const LATEST_MS = 80;

/** Which server is settling which sale at this moment, read off the marks that Stripe has written for it. */
export interface Settlements {
  /** Stripe has carried out a request of this server. */
  saw(server: number, request: Request, body: string): void;
  /** How many sales the server has announced, and neither done nor taken back. */
  under(server: number): number;
  /** The server is dead: whoever goes on with its sales announces them again. */
  forget(server: number): void;
  /** A server that is settling a sale, a random moment after it announced it; null when there was none in time. */
  next(withinMs: number): Promise<number | null>;
}

export function watchSettlements(): Settlements {
  const settling = new Map<string, number>();
  let announced: (checkoutId: string) => void = () => undefined;
  const under = (server: number) => [...settling.values()].filter((each) => each === server).length;
  return {
    under,
    saw(server, request, body) {
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
      for (const [checkoutId, its] of settling) if (its === server) settling.delete(checkoutId);
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
