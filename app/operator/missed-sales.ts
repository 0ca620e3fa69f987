import type { Clock } from "~/reservations/clock";
import type { DecidedLine } from "~/reservations/reserve";
import type { MissedSales } from "./operator-desk";

const WINDOW_MS = 60 * 60_000;
const MAX_REQUESTS = 10_000;
const TOP = 20;

interface UnmetRequest {
  readonly productId: string;
  readonly name: string | null;
  readonly units: number;
  readonly at: number;
}

/**
 * Requests of the last hour that were refused because other carts held the units: sales that shorter holds, or more stock, might
 * have made. Keeps only the largest request of each cart and product, however often it was tried.
 */
export interface MissedSalesBook {
  note(sessionHash: string, lines: readonly DecidedLine[]): void;
  top(): readonly MissedSales[];
}

export function createMissedSalesBook({ clock }: { clock: Pick<Clock, "now"> }): MissedSalesBook {
  /** Least recently made first. */
  const requests = new Map<string, UnmetRequest>();

  function dropOld(): void {
    const since = clock.now() - WINDOW_MS;
    for (const [key, { at }] of requests) {
      if (at >= since && requests.size <= MAX_REQUESTS) return;
      requests.delete(key);
    }
  }

  return {
    note(sessionHash, lines) {
      for (const { productId, name, missed } of lines) {
        if (missed === 0) continue;
        const key = JSON.stringify([sessionHash, productId]);
        const units = Math.max(missed, requests.get(key)?.units ?? 0);
        requests.delete(key);
        requests.set(key, { productId, name, units, at: clock.now() });
      }
      dropOld();
    },
    top() {
      dropOld();
      const products = new Map<string, MissedSales>();
      for (const { productId, name, units } of requests.values()) {
        const sum = products.get(productId) ?? { productId, name, units: 0, carts: 0 };
        products.set(productId, { productId, name: name ?? sum.name, units: sum.units + units, carts: sum.carts + 1 });
      }
      return [...products.values()].sort((one, other) => other.units - one.units).slice(0, TOP);
    },
  };
}
