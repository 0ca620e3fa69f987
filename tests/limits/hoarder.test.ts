import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLimits, type LimitOptions } from "~/limits/limits.server";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import { cartsOver } from "./engine";

/**
 * Holding everything and buying nothing (OWASP OAT-021): for an hour, 200 cookies behind one address take as many of the last hundred
 * bowls as they can get, every minute, each time with a different forged X-Forwarded-For. Other shoppers try once a minute.
 */
const STOCK = 100;
const COOKIES = 200;
const MINUTES = 60;
const HOARDER = "198.51.100.66";
const CAMPUS = "192.0.2.1";

beforeEach(
  () => void vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"] }),
);
afterEach(() => void vi.useRealTimers());

type Answer = "granted" | "refused" | 422 | 429;

function openShop(options: Pick<LimitOptions, "perMinute" | "unitsPerClient" | "trustedProxyHops">) {
  const store = createMemoryReservationStore({
    clock: { now: () => Date.now(), wall: () => Date.now() },
    ttlMs: 120_000,
    maxAgeMs: 1_200_000,
  });
  const bare = cartsOver(store, STOCK);
  const limits = createLimits({
    secret: "a".repeat(32),
    pagesPerSecond: null,
    ...options,
    redis: null,
    now: () => performance.now(),
    log: { warn: () => undefined },
  });
  const { changeCart } = limits.capped(bare);

  /** Behind one proxy, which appends the address it saw to what the client sent. */
  async function ask(sessionHash: string, address: string, quantity: number, written?: string): Promise<Answer> {
    const headers = { "X-Forwarded-For": written === undefined ? address : `${written}, ${address}` };
    const admission = await limits.admit(new Request("http://shop.test/", { headers }), sessionHash, "change");
    if (admission.outcome === "rate_limited") return 429;
    const { outcome } = await changeCart({ sessionHash, lines: [{ productId: "bowl", quantity }] });
    if (outcome === "limit_exceeded") return 422;
    return outcome === "granted" ? "granted" : "refused";
  }

  /** Takes one unit and releases it, as if it were bought and restocked. */
  async function buy(address: string): Promise<Answer> {
    const session = randomUUID();
    const answer = await ask(session, address, 1);
    await store.release({ sessionHash: session, productIds: "all" });
    return answer;
  }

  return { store, ask, buy, warnings: limits.warnings };
}

type Shop = ReturnType<typeof openShop>;

async function hoard(
  shop: Shop,
  cookies: readonly string[],
  addressOf: (i: number) => string = () => HOARDER,
): Promise<void> {
  for (const [i, cookie] of cookies.entries()) {
    const forged = `10.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}.7`;
    if ((await shop.ask(cookie, addressOf(i), 10, forged)) !== "granted")
      await shop.ask(cookie, addressOf(i), 1, forged);
  }
}

/** The most units that the hoarder held, and how many of the others' attempts, one a minute, were granted. */
async function anHour(shop: Shop): Promise<{ hoarded: number; honest: number; neighbour: number }> {
  const cookies = Array.from({ length: COOKIES }, () => randomUUID());
  const figures = { hoarded: 0, honest: 0, neighbour: 0 };
  for (let minute = 0; minute < MINUTES; minute += 1) {
    await hoard(shop, cookies);
    figures.hoarded = Math.max(figures.hoarded, (await shop.store.totals()).units);
    if ((await shop.buy("203.0.113.7")) === "granted") figures.honest += 1;
    if ((await shop.buy(HOARDER)) === "granted") figures.neighbour += 1;
    await vi.advanceTimersByTimeAsync(60_000);
  }
  return figures;
}

const DEFAULTS = { perMinute: 120, unitsPerClient: 50, trustedProxyHops: 1 };

describe("a hoarder, for an hour", { timeout: 120_000 }, () => {
  it("holds no more than the cap, and every shopper from elsewhere can buy", async () => {
    const figures = await anHour(openShop(DEFAULTS));
    console.log("hoarder:", JSON.stringify(figures));
    expect(figures).toMatchObject({ hoarded: 50, honest: MINUTES });
  });

  it("does not keep a campus on another address from forty carts in the same minute", async () => {
    const shop = openShop(DEFAULTS);
    await hoard(
      shop,
      Array.from({ length: COOKIES }, () => randomUUID()),
    );
    const campus = [];
    for (let i = 0; i < 40; i += 1) campus.push(await shop.ask(randomUUID(), CAMPUS, 1));
    expect(campus).toEqual(Array.from({ length: 40 }, () => "granted"));
  });

  it("takes nothing from a neighbour's older cart at its own address, which stays and can be renewed", async () => {
    const shop = openShop(DEFAULTS);
    const neighbour = randomUUID();
    expect(await shop.ask(neighbour, HOARDER, 2)).toBe("granted");
    const cookies = Array.from({ length: COOKIES }, () => randomUUID());
    for (let minute = 0; minute < 10; minute += 1) {
      // Before the hoarder has used up the address's changes for this minute.
      expect(await shop.ask(neighbour, HOARDER, 2)).toBe("granted");
      await hoard(shop, cookies);
      await vi.advanceTimersByTimeAsync(60_000);
    }
    expect((await shop.store.view(neighbour)).lines).toMatchObject([{ quantity: 2 }]);
    expect((await shop.store.totals()).units).toBeLessThanOrEqual(50);
  });
});

describe("a hoarder whose address is written differently", () => {
  const cookies = () => Array.from({ length: COOKIES }, () => randomUUID());
  const hoarded = async (addressOf: (i: number) => string, unitsPerClient = 5) => {
    const shop = openShop({ ...DEFAULTS, perMinute: 0, unitsPerClient });
    await hoard(shop, cookies(), addressOf);
    return (await shop.store.totals()).units;
  };
  const hex = (i: number) => i.toString(16);

  it.each<[string, (i: number) => string]>([
    ["with ports", (i) => `${HOARDER}:${1024 + i}`],
    ["as IPv6", (i) => (i % 2 === 0 ? `::ffff:${HOARDER}` : "::ffff:c633:6442")],
    ["in brackets with ports, anywhere in one /64", (i) => `[2001:db8:1:2::${hex(i + 1)}]:${1024 + i}`],
  ])("%s, has a single cap", async (_written, addressOf) => {
    expect(await hoarded(addressOf)).toBe(5);
  });

  it("has two caps with all of a /56, and eight with all of a /48", async () => {
    expect(await hoarded((i) => `2001:db8:1:2${hex(i % 256).padStart(2, "0")}::7`)).toBe(10);
    expect(await hoarded((i) => `2001:db8:1:${hex(i * 256)}::7`)).toBe(40);
  });

  it("would have one cap per /64 if each counted for itself (negative control)", async () => {
    expect(await hoarded((i) => `2001:db8:${hex(i)}:1::7`)).toBe(STOCK);
  });

  it.each(["unknown", "", "198.51.100.66, "])(
    "as %j, shares one limit on changes with all like it, and causes a warning",
    async (written) => {
      const shop = openShop({ ...DEFAULTS, unitsPerClient: 5 });
      const answers = [];
      for (const cookie of cookies()) answers.push(await shop.ask(cookie, written, 1));
      expect(answers.filter((answer) => answer === 429)).toHaveLength(COOKIES - 120);
      // No cap on units: this may be every shopper of the shop.
      expect(answers).not.toContain(422);
      expect(shop.warnings()).toEqual([expect.stringContaining("X-Forwarded-For")]);
      expect(await shop.ask(randomUUID(), "203.0.113.7", 1)).not.toBe(429);
    },
  );
});

describe("the same hour (negative controls)", { timeout: 120_000 }, () => {
  it("leaves other shoppers nothing without caps", async () => {
    const figures = await anHour(openShop({ ...DEFAULTS, perMinute: 0, unitsPerClient: 0 }));
    console.log("hoarder, no caps:", JSON.stringify(figures));
    expect(figures).toMatchObject({ hoarded: STOCK, honest: 0 });
  });

  it("leaves other shoppers nothing if one proxy too many is trusted, since forged addresses count", async () => {
    const figures = await anHour(openShop({ ...DEFAULTS, trustedProxyHops: 2 }));
    console.log("hoarder, forged addresses trusted:", JSON.stringify(figures));
    expect(figures).toMatchObject({ hoarded: STOCK, honest: 0 });
  });
});
