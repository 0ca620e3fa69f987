/**
 * The drill's negative control: the obvious first version of a shop. It reads the stock, then checks and writes the
 * hold in one atomic step. It still oversells: in between, a payment can take the unit and release its hold.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { DrillStock } from "~/drill/round";
import type { Shopper } from "~/drill/shopper";

/** The delay of a network and a busy server between two steps. */
const step = () => sleep(Math.random() * 15);

export function openNaiveShop(): { newShopper: () => Shopper; stock: DrillStock } {
  const rows = new Map<string, number>();
  const holds = new Map<string, { productId: string; quantity: number }>();
  const held = (productId: string) =>
    [...holds.values()].reduce((sum, hold) => sum + (hold.productId === productId ? hold.quantity : 0), 0);

  function newShopper(): Shopper {
    const session = randomUUID();
    return {
      async reserve(productId, quantity) {
        await step();
        const onHand = rows.get(productId) ?? 0;
        await step();
        if (onHand - held(productId) < quantity) return "refused";
        holds.set(session, { productId, quantity });
        return "granted";
      },
      async openPayment() {
        await step();
        return holds.has(session) ? `http://naive.test/pay/cs_${session.replaceAll("-", "")}` : null;
      },
      async pay() {
        const hold = holds.get(session);
        if (hold === undefined) return false;
        rows.set(hold.productId, (rows.get(hold.productId) ?? 0) - hold.quantity);
        holds.delete(session);
        return true;
      },
      returnToShop: async () => undefined,
      release: async () => holds.delete(session),
    };
  }

  return {
    newShopper,
    stock: {
      setInventory: async (productId, units) => void rows.set(productId, units),
      // Abandoned holds expire.
      read: async (productId) => {
        for (const [sessionHash, hold] of holds) if (hold.productId === productId) holds.delete(sessionHash);
        return { inventory: rows.get(productId) ?? 0, held: 0 };
      },
      isRefunded: async () => false,
    },
  };
}
