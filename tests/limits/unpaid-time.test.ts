import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UNLIMITED } from "~/checkout/checkout-context.server";
import { createMemoryDebts, createRedisDebts, type Debts } from "~/limits/debts.server";
import { createLimits } from "~/limits/limits.server";
import { createBestEffortRedis } from "~/limits/redis-limit-store.server";
import { CHECKOUT_TTL_MS, createWorld, MAX_AGE_MS, ORIGIN } from "../checkout/world";
import { startRedis, type RedisServer } from "../redis-server";

const HOUR_MS = 3_600_000;
const TICK_MS = 60_000;
const HOARDER = "198.51.100.66";
const CAMPUS = "192.0.2.1";

/** The real checkout, reservations and limits with the Stripe sandbox, in virtual time. `remembers`: whether unpaid time is charged. */
async function openShop({ stock, hops, remembers = true }: { stock: number; hops: number; remembers?: boolean }) {
  const world = createWorld({ rows: { bowl: stock } });
  const limits = createLimits({
    // Rates use the system's clock; no attack here comes near them.
    perMinute: 1_000_000,
    unitsPerClient: 50,
    trustedProxyHops: hops,
    secret: "a".repeat(32),
    pagesPerSecond: null,
    redis: null,
    now: world.clock.now,
    ...(remembers ? { unpaidTime: { ttlMs: CHECKOUT_TTL_MS, ofSessionMs: MAX_AGE_MS, stockOf: () => stock } } : {}),
    log: { warn: () => undefined },
  });
  const shop = await world.open({ dependencies: () => ({ unpaidTime: limits.unpaidTime ?? UNLIMITED }) });
  const { changeCart, start } = limits.capped(shop.checkout);
  const comes = (sessionHash: string, address: string, purpose: "change" | "payment") =>
    limits.admit(
      new Request(ORIGIN, { headers: hops === 0 ? {} : { "X-Forwarded-For": address } }),
      sessionHash,
      purpose,
    );

  return {
    world,
    async add(sessionHash: string, address: string, quantity: number) {
      await comes(sessionHash, address, "change");
      return (await changeCart({ sessionHash, lines: [{ productId: "bowl", quantity }] })).outcome;
    },
    async openPage(sessionHash: string, address: string) {
      await comes(sessionHash, address, "payment");
      return start({ sessionHash, lines: [], origin: ORIGIN });
    },
    async pay(checkoutId: string) {
      world.stripe.pay(checkoutId);
      return (await shop.checkout.fulfil(checkoutId)).outcome;
    },
    units: async (sessionHash: string) => {
      const { lines, claim } = await shop.store.view(sessionHash);
      return [...lines, ...(claim?.lines ?? [])].reduce((sum, { quantity }) => sum + quantity, 0);
    },
    pageMs: async (sessionHash: string) =>
      (await shop.store.view(sessionHash)).claim?.terms?.payWithinMs ?? CHECKOUT_TTL_MS,
    free: async () => (world.rows.get("bowl")?.inventory ?? 0) - (await shop.store.totals()).units,
    async tick() {
      world.advance(TICK_MS);
      await shop.checkout.sweep();
    },
  };
}

type Shop = Awaited<ReturnType<typeof openShop>>;

/**
 * Holds ten units in each of several carts, opens a payment page just before a hold expires, and never pays. Sends a given number of requests
 * an hour, each as soon as units are available. `newCookies`: a new session for each page.
 */
function hoarder(
  shop: Shop,
  { carts, requests, newCookies }: { carts: number; requests: number; newCookies: boolean },
) {
  const sessions = Array.from({ length: carts }, () => ({ id: randomUUID(), addedAt: -1 }));
  let left = requests;
  let hour = 0;
  return {
    async acts() {
      const now = shop.world.time.ms;
      if (Math.floor(now / HOUR_MS) > hour) [left, hour] = [requests, Math.floor(now / HOUR_MS)];
      for (const session of sessions) {
        if (session.addedAt >= 0 && now - session.addedAt >= TICK_MS && left > 0) {
          left -= 1;
          await shop.openPage(session.id, HOARDER);
          session.addedAt = -1;
        }
        if (session.addedAt < 0 && left > 1 && (await shop.units(session.id)) === 0) {
          if (newCookies) session.id = randomUUID();
          const quantity = Math.min(10, await shop.free());
          if (quantity === 0) continue;
          left -= 1;
          if ((await shop.add(session.id, HOARDER, quantity)) === "granted") session.addedAt = now;
        }
      }
    },
    held: async () =>
      (await Promise.all(sessions.map(({ id }) => shop.units(id)))).reduce((sum, units) => sum + units, 0),
  };
}

/** The average share of the stock that a hoarder holds in the first and in the second hour. */
async function attack(options: {
  stock: number;
  hops: number;
  requests: number;
  newCookies: boolean;
  remembers?: boolean;
}): Promise<{ first: number; second: number }> {
  const shop = await openShop(options);
  const attacker = hoarder(shop, { carts: options.stock / 10, ...options });
  const shares = [0, 0];
  for (let tick = 0; tick < (2 * HOUR_MS) / TICK_MS; tick += 1) {
    await attacker.acts();
    const hour = Math.floor((tick * TICK_MS) / HOUR_MS);
    shares[hour] = (shares[hour] ?? 0) + ((await attacker.held()) / options.stock) * (TICK_MS / HOUR_MS);
    await shop.tick();
  }
  const figures = { first: Math.round((shares[0] ?? 0) * 100) / 100, second: Math.round((shares[1] ?? 0) * 100) / 100 };
  console.log("unpaid time:", JSON.stringify({ ...options, ...figures }));
  return figures;
}

const FORTY = { stock: 50, hops: 1, requests: 40 };
const EIGHTY = { stock: 100, hops: 0, requests: 80 };

describe("a hoarder who opens payment pages and never pays", { timeout: 60_000 }, () => {
  it.each([
    { ...FORTY, newCookies: false, first: 0.7, second: 0.5 },
    { ...FORTY, newCookies: true, first: 0.7, second: 0.6 },
    { ...EIGHTY, newCookies: false, first: 0.7, second: 0.5 },
    { ...EIGHTY, newCookies: true, first: 0.7, second: 0.6 },
  ])(
    "gets a limited share of the stock: $requests requests an hour, $hops proxies, new cookies: $newCookies",
    async ({ first, second, ...options }) => {
      const share = await attack(options);
      expect(share.first).toBeLessThanOrEqual(first);
      expect(share.second).toBeLessThanOrEqual(second);
    },
  );

  it.each([FORTY, EIGHTY])(
    "gets nearly all of it for as long as it likes if unpaid pages are free (negative control): $requests requests an hour",
    async (options) => {
      const share = await attack({ ...options, newCookies: true, remembers: false });
      expect(share.first).toBeGreaterThan(0.9);
      expect(share.second).toBeGreaterThan(0.9);
    },
  );
});

/** Takes one unit, opens a payment page a tick later, and pays another tick later, or leaves. */
async function shopper(
  shop: Shop,
  address: string,
  pays: boolean,
  outcomes: string[],
  pages: number[],
): Promise<() => Promise<void>> {
  const session = randomUUID();
  const added = await shop.add(session, address, 1);
  outcomes.push(added);
  if (added !== "granted") return async () => undefined;
  let checkoutId = "";
  let step = 0;
  return async () => {
    step += 1;
    if (step === 1) {
      const opened = await shop.openPage(session, address);
      outcomes.push(opened.outcome);
      if (opened.outcome === "redirect") ({ checkoutId } = opened);
      pages.push(await shop.pageMs(session));
    }
    if (step === 2 && pays && checkoutId !== "") outcomes.push(await shop.pay(checkoutId));
  };
}

describe("honest shoppers", { timeout: 60_000 }, () => {
  it("on one campus, three hundred for forty items, are never refused while items are available, and get at least five minutes", async () => {
    const shop = await openShop({ stock: 40, hops: 1 });
    const outcomes: string[] = [];
    const pages: number[] = [];
    const underWay: (() => Promise<void>)[] = [];
    for (let i = 0; i < 300; i += 1) {
      const before = outcomes.length;
      const free = await shop.free();
      underWay.push(await shopper(shop, CAMPUS, i % 3 === 0, outcomes, pages));
      if (free > 0) expect(outcomes[before]).toBe("granted");
      for (const goOn of underWay) await goOn();
      if (i % 5 === 4) await shop.tick();
    }
    expect(new Set(outcomes)).toEqual(new Set(["granted", "refused", "redirect", "done"]));
    expect(outcomes.filter((outcome) => outcome === "done").length).toBeGreaterThan(15);
    expect(Math.min(...pages)).toBeGreaterThanOrEqual(300_000);
  });

  it("without known addresses, sixty an hour, are never refused because of what a script did", async () => {
    const figures: Record<string, number> = {};
    for (const remembers of [false, true]) {
      const shop = await openShop({ stock: 100, hops: 0, remembers });
      const script = hoarder(shop, { carts: 10, requests: 80, newCookies: true });
      const outcomes: string[] = [];
      const pages: number[] = [];
      const underWay: (() => Promise<void>)[] = [];
      for (let tick = 0; tick < 65; tick += 1) {
        await script.acts();
        if (tick < 60) underWay.push(await shopper(shop, "", true, outcomes, pages));
        for (const goOn of underWay) await goOn();
        await shop.tick();
      }
      figures[remembers ? "remembering" : "before"] = outcomes.filter((outcome) => outcome === "done").length;
      // Refused only if others hold the units.
      expect(["granted", "refused", "redirect", "done"]).toEqual(expect.arrayContaining([...new Set(outcomes)]));
      expect(Math.min(CHECKOUT_TTL_MS, ...pages)).toBeGreaterThanOrEqual(300_000);
    }
    console.log("sixty beside a script, served:", JSON.stringify(figures));
    expect(figures.remembering).toBeGreaterThan(figures.before ?? 0);
  });
});

describe("a session that leaves its pages unpaid", () => {
  it("gets shorter ones, then has to wait for a stated time, and gets its full time again once it pays", async () => {
    const shop = await openShop({ stock: 50, hops: 1 });
    const session = randomUUID();
    const page = async () => {
      await shop.add(session, CAMPUS, 1);
      return shop.openPage(session, CAMPUS);
    };
    const pass = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += TICK_MS) await shop.tick();
    };
    expect((await page()).outcome).toBe("redirect");
    expect(await shop.pageMs(session)).toBe(CHECKOUT_TTL_MS);
    await pass(CHECKOUT_TTL_MS + TICK_MS);
    expect((await page()).outcome).toBe("redirect");
    const second = await shop.pageMs(session);
    expect(second).toBeLessThan(400_000);
    await pass(second + TICK_MS);
    let waits = await page();
    for (let more = 0; more < 3 && waits.outcome === "redirect"; more += 1) {
      expect(await shop.pageMs(session)).toBeLessThanOrEqual(second);
      await pass((await shop.pageMs(session)) + TICK_MS);
      waits = await page();
    }
    expect(waits).toMatchObject({ outcome: "payment_wait" });
    await pass((waits.outcome === "payment_wait" ? waits.retryAfterSeconds : 0) * 1_000);
    const third = await page();
    expect(third.outcome).toBe("redirect");
    expect(await shop.pageMs(session)).toBeGreaterThanOrEqual(119_000);
    expect(await shop.pay(third.outcome === "redirect" ? third.checkoutId : "")).toBe("done");
    expect((await page()).outcome).toBe("redirect");
    expect(await shop.pageMs(session)).toBe(CHECKOUT_TTL_MS);
  });
});

describe("debts", () => {
  let redis: RedisServer;
  const closing: (() => void)[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const close of closing) close();
    await redis.stop();
  });

  const amounts = async (debts: Debts, ...changes: [string, number][]) =>
    (await debts.add(changes.map(([key, amount]) => ({ key, amount })))).map(
      (debt) => Math.round(debt * 1_000) / 1_000,
    );

  it("add up across all servers, never fall below 0, and use hashed names only", async () => {
    const prefix = `test:${randomUUID()}`;
    const server = () => {
      const connection = createBestEffortRedis({ url: redis.url, log: { warn: () => undefined } });
      closing.push(() => connection.close());
      return createRedisDebts({ connection, prefix, fallback: createMemoryDebts({ now: () => 0 }) });
    };
    const [one, other] = [server(), server()];
    await expect
      .poll(async () => {
        await one.add([{ key: "probe", amount: 0.001 }]);
        return (await other.add([{ key: "probe", amount: 0.001 }]))[0];
      })
      .toBeGreaterThan(0.0025);
    for (const debts of [createMemoryDebts({ now: () => 0 }), one]) {
      expect(await amounts(debts, ["a", 0.5], ["b", 0.25])).toEqual([0.5, 0.25]);
      expect(await amounts(debts, ["a", 0.5], ["b", -1_000])).toEqual([1, 0]);
    }
    expect(await amounts(other, ["a", 0], ["b", 0])).toEqual([1, 0]);
  });

  it("decay linearly within an hour, and are limited in number", async () => {
    const clock = { now: 0 };
    const debts = createMemoryDebts({ now: () => clock.now, maxAccounts: 2 });
    await amounts(debts, ["a", 1]);
    clock.now = HOUR_MS / 4;
    expect(await amounts(debts, ["a", 0])).toEqual([0.75]);
    await amounts(debts, ["b", 1], ["c", 1]);
    expect(await amounts(debts, ["a", 0], ["b", 0], ["c", 0])).toEqual([0, 1, 1]);
    clock.now += HOUR_MS;
    expect(await amounts(debts, ["b", 0])).toEqual([0]);
  });
});
