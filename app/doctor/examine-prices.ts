import type { PriceReport } from "~/catalog/check-prices.server";
import { UnavailableError } from "~/errors";
import type { Finding } from "./finding";

const MAX_LISTED = 20;

/** Findings for doctor: products that cannot be sold at the Stripe Price their row names, and those whose price in the table differs. */
export async function examinePrices(catalog: { checkPrices(): Promise<PriceReport> }): Promise<readonly Finding[]> {
  let report: PriceReport;
  try {
    report = await catalog.checkPrices();
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return [{ state: "failed", text: `The Stripe Prices could not be read: ${error.message}` }];
  }
  const { rows, problems, differing } = report;
  if (rows === 0) return [];
  const sellable = rows - problems.length;
  return [
    {
      state: "ok",
      text: `${sellable} of ${rows} ${rows === 1 ? "product" : "products"} with a Stripe Price can be sold at it.`,
    },
    ...listed(problems).map((text) => ({ state: "failed" as const, text })),
    ...(differing.length === 0
      ? []
      : [
          {
            state: "note" as const,
            text: `${differing.length} ${differing.length === 1 ? "product has" : "products have"} a different price in the table; Stripe's is shown and charged:`,
          },
        ]),
    ...listed(differing).map((text) => ({ state: "note" as const, text })),
  ];
}

function listed(sentences: readonly string[]): readonly string[] {
  const more = sentences.length - MAX_LISTED;
  return more <= 0 ? sentences : [...sentences.slice(0, MAX_LISTED), `… and ${more} more.`];
}
