import { z } from "zod";
import type { AttemptOutcome } from "./figures";

/** What one shopper of a drill does. Never throws, because a shop that fails to respond is part of a drill. */
export interface Shopper {
  reserve(productId: string, quantity: number): Promise<AttemptOutcome>;
  /** Opens a payment page and returns its URL, or null on failure. */
  openPayment(): Promise<string | null>;
  /** Pays on an open page; true only if this call made the payment. */
  pay(page: string): Promise<boolean>;
  /** Returns from the payment page to the order page. */
  returnToShop(page: string): Promise<void>;
  /** Releases everything; true if the shop confirmed it. */
  release(): Promise<boolean>;
}

const RESPONSE_TIMEOUT_MS = 15_000;
/** On one machine, compressing hundreds of short responses per second would dominate the measurement. */
const UNCOMPRESSED = { "Accept-Encoding": "identity" };
const TRIES = 3;

/**
 * A shopper who uses the public API and the shop's forms, and pays on the sandbox's payment page.
 * `pick` returns the server for the next request: an origin without a trailing slash.
 */
export function httpShopper(pick: () => string): Shopper {
  let cookie = "";

  async function send(path: string, init: RequestInit): Promise<Response | null> {
    try {
      const headers = { ...UNCOMPRESSED, ...(cookie === "" ? {} : { Cookie: cookie }), ...init.headers };
      const response = await fetch(`${pick()}${path}`, {
        ...init,
        headers,
        redirect: "manual",
        signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
      });
      // Read to the end here, so that a server that dies half-way counts as no response.
      const whole = new Response(
        response.status === 204 || response.status === 304 ? null : await response.arrayBuffer(),
        response,
      );
      const cart = response.headers.getSetCookie().find((each) => /^(__Host-)?cart=/.test(each));
      if (cart !== undefined) cookie = cart.split(";", 1)[0] ?? "";
      return whole;
    } catch {
      return null;
    }
  }

  const json = (method: string, body: object): RequestInit => ({
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

  return {
    async reserve(productId, quantity) {
      const response = await send(
        "/api/reserve-inventory",
        json("POST", { items: [{ product_id: productId, quantity }] }),
      );
      if (response?.status === 200) return "granted";
      return response?.status === 409 ? "refused" : "unavailable";
    },
    async openPayment() {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const response = await send("/checkout", { method: "POST", body: new URLSearchParams({ intent: "pay" }) });
        const page = response?.headers.get("Location") ?? null;
        if (response?.status === 303 && page !== null && page.startsWith("http") && checkoutIdOf(page) !== null)
          return page;
        if (response !== null && response.status < 500) return null;
      }
      return null;
    },
    async pay(page) {
      try {
        const response = await fetch(page, {
          method: "POST",
          headers: { Accept: "application/json" },
          body: new URLSearchParams({ action: "pay" }),
          signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
        });
        const parsed = z.object({ outcome: z.string() }).safeParse(await response.json());
        return parsed.success && parsed.data.outcome === "paid";
      } catch {
        return false;
      }
    },
    async returnToShop(page) {
      await send(`/orders/${checkoutIdOf(page) ?? ""}`, { headers: { Accept: "text/html" } });
    },
    async release() {
      return (await send("/api/reserve-inventory", json("DELETE", {})))?.status === 200;
    },
  };
}

/** The Stripe session id in the URL of a payment page. */
export function checkoutIdOf(page: string): string | null {
  return /\b(cs_[A-Za-z0-9_]+)/.exec(page)?.[1] ?? null;
}
