import { z } from "zod";
import type { AttemptOutcome } from "./figures";

/** What a drill does to a shop, as one shopper does it. Nothing throws: a shop that does not answer is what drills are for. */
export interface Shopper {
  reserve(productId: string, quantity: number): Promise<AttemptOutcome>;
  /** Opens the payment page: its address, or null when there is none to be had. */
  openPayment(): Promise<string | null>;
  /** Pays on an open page; true only when the payment went through by this call. */
  pay(page: string): Promise<boolean>;
  /** Comes back from the payment page to the order. */
  comeBack(page: string): Promise<void>;
  /** Gives everything back; true when the shop confirmed it. */
  release(): Promise<boolean>;
}

const ANSWER_WITHIN_MS = 15_000;
/** Compressing hundreds of short responses a second would be most of what a drill on one machine measures. */
const UNCOMPRESSED = { "Accept-Encoding": "identity" };
const TRIES = 3;

/**
 * A shopper of the public API and the shop's own forms, paying on the sandbox's payment page.
 * `pick` says which server the next request goes to: an origin without a trailing slash.
 */
export function httpShopper(pick: () => string): Shopper {
  let cookie = "";

  async function send(path: string, init: RequestInit): Promise<Response | null> {
    try {
      const headers = { ...UNCOMPRESSED, ...(cookie === "" ? {} : { Cookie: cookie }), ...init.headers };
      const answer = await fetch(`${pick()}${path}`, {
        ...init,
        headers,
        redirect: "manual",
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      // Read to its end here, so that a server that dies half-way is no answer either.
      const whole = new Response(
        answer.status === 204 || answer.status === 304 ? null : await answer.arrayBuffer(),
        answer,
      );
      const cart = answer.headers.getSetCookie().find((each) => /^(__Host-)?cart=/.test(each));
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
      const answer = await send(
        "/api/reserve-inventory",
        json("POST", { items: [{ product_id: productId, quantity }] }),
      );
      if (answer?.status === 200) return "granted";
      return answer?.status === 409 ? "refused" : "unavailable";
    },
    async openPayment() {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const answer = await send("/checkout", { method: "POST", body: new URLSearchParams({ intent: "pay" }) });
        const page = answer?.headers.get("Location") ?? null;
        if (answer?.status === 303 && page !== null && page.startsWith("http") && checkoutIdOf(page) !== null)
          return page;
        if (answer !== null && answer.status < 500) return null;
      }
      return null;
    },
    async pay(page) {
      try {
        const answer = await fetch(page, {
          method: "POST",
          headers: { Accept: "application/json" },
          body: new URLSearchParams({ action: "pay" }),
          signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        });
        const parsed = z.object({ outcome: z.string() }).safeParse(await answer.json());
        return parsed.success && parsed.data.outcome === "paid";
      } catch {
        return false;
      }
    },
    async comeBack(page) {
      await send(`/orders/${checkoutIdOf(page) ?? ""}`, { headers: { Accept: "text/html" } });
    },
    async release() {
      return (await send("/api/reserve-inventory", json("DELETE", {})))?.status === 200;
    },
  };
}

/** The Stripe id in the address of a payment page. */
export function checkoutIdOf(page: string): string | null {
  return /\b(cs_[A-Za-z0-9_]+)/.exec(page)?.[1] ?? null;
}
