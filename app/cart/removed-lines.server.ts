import type { Line } from "~/reservations/reservation-store";
import type { ReadIntent } from "./cart-intent.server";
import type { Cart } from "./cart-session.server";
import { writeLines, writtenLines } from "./written-lines.server";

/** Longer URLs may not arrive. Then there is no undo, rather than one that forgets lines. */
const MAX_URL_LENGTH = 4_000;

/** The URL of the cart page after a change. Names removed lines, so that the page can offer to undo that. `before`: the cart before the change. */
export function addressAfter(read: ReadIntent, before: Cart): string {
  const lines = read.outcome === "read" ? removedLines(read.intent, before) : [];
  const address = `/cart?${new URLSearchParams({ removed: writeLines(lines) }).toString()}`;
  return lines.length === 0 || address.length > MAX_URL_LENGTH ? "/cart" : address;
}

function removedLines(intent: Extract<ReadIntent, { outcome: "read" }>["intent"], { lines }: Cart): readonly Line[] {
  switch (intent.intent) {
    case "clear":
      return lines;
    case "remove":
      return lines.filter(({ productId }) => productId === intent.productId);
    case "set": {
      const emptied = new Set(intent.lines.flatMap(({ productId, quantity }) => (quantity === 0 ? [productId] : [])));
      return lines.filter(({ productId }) => emptied.has(productId));
    }
    case "add":
    case "extend":
    case "hold":
      return [];
  }
}

/** The removed lines in the query of the cart page. URLs get mangled, so invalid values are ignored. */
export function readRemovedLines(query: URLSearchParams): readonly Line[] {
  return writtenLines.safeParse(query.get("removed")).data ?? [];
}
