import type { Clock } from "~/reservations/clock";
import type { DecidedLine } from "~/reservations/reserve";
import type { MissedSales } from "./operator-desk";

const KEEP_MS = 60 * 60_000;
const MAX_WISHES = 10_000;
const TOP = 20;

interface Wish {
  readonly productId: string;
  readonly name: string | null;
  readonly units: number;
  readonly at: number;
}

/**
 * What carts asked for within the last hour and were refused because other carts held it: sales that shorter holds, or more
 * stock, might have made. One wish for each cart and product, the largest, however often it was tried.
 */
export interface MissedSalesBook {
  note(sessionHash: string, lines: readonly DecidedLine[]): void;
  top(): readonly MissedSales[];
}

export function createMissedSalesBook({ clock }: { clock: Pick<Clock, "now"> }): MissedSalesBook {
  /** Least recently asked first. */
  const wishes = new Map<string, Wish>();

  function dropOld(): void {
    const since = clock.now() - KEEP_MS;
    for (const [key, { at }] of wishes) {
      if (at >= since && wishes.size <= MAX_WISHES) return;
      wishes.delete(key);
    }
  }

  return {
    note(sessionHash, lines) {
      for (const { productId, name, missed } of lines) {
        if (missed === 0) continue;
        const key = JSON.stringify([sessionHash, productId]);
        const units = Math.max(missed, wishes.get(key)?.units ?? 0);
        wishes.delete(key);
        wishes.set(key, { productId, name, units, at: clock.now() });
      }
      dropOld();
    },
    top() {
      dropOld();
      const products = new Map<string, MissedSales>();
      for (const { productId, name, units } of wishes.values()) {
        const so = products.get(productId) ?? { productId, name, units: 0, carts: 0 };
        products.set(productId, { productId, name: name ?? so.name, units: so.units + units, carts: so.carts + 1 });
      }
      return [...products.values()].sort((one, other) => other.units - one.units).slice(0, TOP);
    },
  };
}
