import { z } from "zod";
import type { StockRoom } from "./round";

/** A shop that the drill may not, or cannot, run against; the message is for a person. */
export class DrillRefused extends Error {
  override readonly name = "DrillRefused";
}

const readiness = z.object({ payments: z.enum(["sandbox", "test", "live"]) });
const availability = z.object({
  products: z.array(z.object({ product_id: z.string(), inventory: z.number(), held: z.number() })),
});
const inspection = z.object({ verdict: z.string().nullable() });

/** Throws `DrillRefused` unless the shop says itself that no real money is taken there. */
export async function requirePlayMoney(origin: string): Promise<"sandbox" | "test"> {
  const answer = await ask(origin, "/readyz");
  const parsed = readiness.safeParse(await answer.json().catch(() => null));
  if (!parsed.success)
    throw new DrillRefused(`${origin} does not say whether it takes real money, so it is left alone`);
  if (parsed.data.payments === "live")
    throw new DrillRefused(`${origin} takes real money: drills are for the sandbox and for Stripe's test mode`);
  return parsed.data.payments;
}

/** The id of the first product on the shop's list. */
export async function firstProduct(origin: string): Promise<string> {
  const page = await (await ask(origin, "/")).text();
  const id = /href="\/products\/([^"?#]+)"/.exec(page)?.[1];
  if (id === undefined) throw new DrillRefused(`${origin} lists no product: name one with --product`);
  return decodeURIComponent(id);
}

/** Stock by the shop's public API and its operator routes. `token` as in `ADMIN_TOKEN`; the sandbox needs none. */
export function stockOverHttp(origin: string, token: string | undefined): StockRoom {
  const headers = {
    "Content-Type": "application/json",
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
  return {
    async setInventory(productId, units) {
      const answer = await ask(origin, "/api/test-inventory-update", {
        method: "POST",
        headers,
        body: JSON.stringify({ product_id: productId, inventory: units }),
      });
      if (!answer.ok) throw new DrillRefused(`the stock could not be set: ${answer.status} ${await answer.text()}`);
    },
    async look(productId) {
      const answer = await ask(
        origin,
        `/api/availability?${new URLSearchParams({ product_id: productId }).toString()}`,
      ).catch(() => null);
      if (answer === null || !answer.ok) return null;
      const found = availability.parse(await answer.json()).products[0];
      if (found === undefined) throw new DrillRefused(`there is no product ${productId}`);
      return found;
    },
    async isRefunded(checkoutId) {
      const answer = await ask(
        origin,
        `/api/debug-checkout?${new URLSearchParams({ checkout_id: checkoutId }).toString()}`,
        { headers },
      ).catch(() => null);
      if (answer === null || !answer.ok) return false;
      return inspection.parse(await answer.json()).verdict !== null;
    },
  };
}

function ask(origin: string, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${origin}${path}`, { ...init, signal: AbortSignal.timeout(15_000) }).catch((cause: unknown) => {
    throw new DrillRefused(`${origin} does not answer`, { cause });
  });
}
