import type { Catalog } from "~/catalog/catalog";
import type { PricedLine } from "~/checkout/page/price-lines.server";
import { UnavailableError } from "~/errors";

const LOOKED_AT = 100;

/** One unit of the most expensive product listed first, as a cart would price it: cheap ones may be below Stripe's minimum. */
export async function lineForSale(catalog: Pick<Catalog, "list">): Promise<PricedLine | null> {
  try {
    const { products } = await catalog.list({ page: 1, pageSize: LOOKED_AT });
    const lines = products.flatMap(({ id, name, image, stripePrice, price }): PricedLine[] =>
      price === null
        ? []
        : [
            {
              productId: id,
              name,
              quantity: 1,
              image,
              stripePrice,
              unitAmount: price.amount,
              currency: price.currency,
            },
          ],
    );
    return lines.sort((one, other) => other.unitAmount - one.unitAmount)[0] ?? null;
  } catch (error) {
    if (error instanceof UnavailableError) return null;
    throw error;
  }
}
