import { randomUUID } from "node:crypto";
import type { HoldingOperations } from "~/checkout/checkout";
import type { ReservationStore } from "~/reservations/reservation-store";
import { reserve } from "~/reservations/reserve";
import { StockHints } from "~/reservations/stock-hints";

/** Carts over this store and a stock of bowls; nothing is ever paid. */
export function cartsOver(store: ReservationStore, stock: number): HoldingOperations {
  const rows = new Map([["bowl", { name: "bowl", inventory: stock, active: true }]]);
  const engine = {
    store,
    readStock: async () => rows,
    hints: new StockHints(),
    limits: { maxUnitsPerLine: 10, maxLinesPerCart: 30 },
    newOperationId: randomUUID,
    backOff: async () => undefined,
  };
  return {
    changeCart: (request) => reserve(engine, request),
    start: async () => ({ outcome: "empty_cart" }),
  };
}
