import { UnavailableError } from "~/errors";
import type { PriceReport } from "./check-prices.server";
import type { WriteFinding } from "./prove-write";

const MOST_LISTED = 20;

/** Whether every product can be sold by the Stripe Price that its row names, and where the table's own price says something else. */
export async function examinePrices(catalog: {
  checkPrices(): Promise<PriceReport>;
}): Promise<readonly WriteFinding[]> {
  let report: PriceReport;
  try {
    report = await catalog.checkPrices();
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return [{ state: "fault", text: `The Stripe Prices could not be read: ${error.message}` }];
  }
  const { rows, faults, differing } = report;
  if (rows === 0) return [];
  const sellable = rows - faults.length;
  return [
    {
      state: "ok",
      text: `${sellable} of ${rows} ${rows === 1 ? "product" : "products"} with a Stripe Price can be sold by it.`,
    },
    ...listed(faults).map((text) => ({ state: "fault" as const, text })),
    ...(differing.length === 0
      ? []
      : [
          {
            state: "note" as const,
            text: `${differing.length} ${differing.length === 1 ? "product has" : "products have"} another price in the table; Stripe's is shown and charged:`,
          },
        ]),
    ...listed(differing).map((text) => ({ state: "note" as const, text })),
  ];
}

function listed(sentences: readonly string[]): readonly string[] {
  const more = sentences.length - MOST_LISTED;
  return more <= 0 ? sentences : [...sentences.slice(0, MOST_LISTED), `… and ${more} more.`];
}
