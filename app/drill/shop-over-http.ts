import { z } from "zod";
import type { DrillStock } from "./round";

/** The drill cannot or must not run against this shop. The message is shown to the user. */
export class DrillError extends Error {
  override readonly name = "DrillError";
}

const readiness = z.object({ payments: z.enum(["sandbox", "test", "live"]) });
const availability = z.object({
  products: z.array(z.object({ product_id: z.string(), inventory: z.number(), held: z.number() })),
});
const inspection = z.object({ verdict: z.string().nullable() });

/** Throws `DrillError` unless the shop itself reports that it does not take real money. */
export async function requirePlayMoney(origin: string): Promise<"sandbox" | "test"> {
  const response = await request(origin, "/readyz");
  const parsed = readiness.safeParse(await response.json().catch(() => null));
  if (!parsed.success)
    throw new DrillError(`${origin} doesn't report whether it takes real money, so the drill won't run against it.`);
  if (parsed.data.payments === "live")
    throw new DrillError(`${origin} takes real money. Drills run only against the sandbox or Stripe's test mode.`);
  return parsed.data.payments;
}

/** The id of the first product that the shop lists. */
export async function firstProduct(origin: string): Promise<string> {
  const page = await (await request(origin, "/")).text();
  const id = /href="\/products\/([^"?#]+)"/.exec(page)?.[1];
  if (id === undefined) throw new DrillError(`${origin} lists no products. Name one with --product.`);
  return decodeURIComponent(id);
}

/** Stock over the shop's public API and its operator routes. `token` is ADMIN_TOKEN; the sandbox needs none. */
export function stockOverHttp(origin: string, token: string | undefined): DrillStock {
  const headers = {
    "Content-Type": "application/json",
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
  return {
    async setInventory(productId, units) {
      const response = await request(origin, "/api/test-inventory-update", {
        method: "POST",
        headers,
        body: JSON.stringify({ product_id: productId, inventory: units }),
      });
      if (!response.ok) throw new DrillError(`Could not set the stock: ${response.status} ${await response.text()}`);
    },
    async read(productId) {
      const response = await request(
        origin,
        `/api/availability?${new URLSearchParams({ product_id: productId }).toString()}`,
      ).catch(() => null);
      if (response === null || !response.ok) return null;
      const found = availability.parse(await response.json()).products[0];
      if (found === undefined) throw new DrillError(`There is no product with the id ${productId}.`);
      return found;
    },
    async isRefunded(checkoutId) {
      const response = await request(
        origin,
        `/api/debug-checkout?${new URLSearchParams({ checkout_id: checkoutId }).toString()}`,
        { headers },
      ).catch(() => null);
      if (response === null || !response.ok) return false;
      return inspection.parse(await response.json()).verdict !== null;
    },
  };
}

function request(origin: string, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${origin}${path}`, { ...init, signal: AbortSignal.timeout(15_000) }).catch((cause: unknown) => {
    throw new DrillError(`${origin} is not responding.`, { cause });
  });
}
