import { beforeEach, describe, expect, it } from "vitest";
import { createStripe } from "~/checkout/stripe/stripe-client.server";
import { endpointOf, limitStripe, withUrgency, type StripeLimits } from "~/checkout/stripe/stripe-limiter.server";

/** Virtual timers, and the requests that left, each with its time. */
function virtual() {
  const timers: { at: number; run: () => void }[] = [];
  const time = { ms: 0 };
  const left: { at: number; path: string; body: unknown }[] = [];
  let respond = (): Response => Response.json({});
  return {
    time,
    left,
    respondWith(response: () => Response) {
      respond = response;
    },
    parts: (limits: StripeLimits) => ({
      limits,
      now: () => time.ms,
      schedule: (run: () => void, delayMs: number) => void timers.push({ at: time.ms + delayMs, run }),
      fetch: (async (input, init) => {
        left.push({ at: time.ms, path: new URL(input as string).pathname, body: init?.body });
        return respond();
      }) as typeof fetch,
    }),
    async pass(ms: number) {
      const end = time.ms + ms;
      for (;;) {
        await settled();
        timers.sort((one, other) => one.at - other.at);
        const next = timers[0];
        if (next === undefined || next.at > end) break;
        timers.shift();
        time.ms = next.at;
        next.run();
      }
      time.ms = end;
    },
  };
}

async function settled(): Promise<void> {
  for (let n = 0; n < 20; n += 1) await Promise.resolve();
}

const mostInASecond = (left: readonly { at: number }[]) =>
  Math.max(...left.map(({ at }) => left.filter((other) => other.at >= at && other.at < at + 1000).length));
const refusal = () =>
  Response.json({ error: {} }, { status: 429, headers: { "Stripe-Rate-Limited-Reason": "endpoint-rate" } });

const LIVE = { inAll: 100, perEndpoint: 25 };
const session = (n: number) => `https://api.stripe.com/v1/checkout/sessions/cs_live_A${n}b2C3d4`;
const refund = "https://api.stripe.com/v1/refunds";

describe("requests to Stripe", () => {
  let world: ReturnType<typeof virtual>;
  beforeEach(() => {
    world = virtual();
  });

  it.each([
    ["of one endpoint", 25, (n: number) => session(n)],
    ["of many endpoints", 100, (n: number) => `https://api.stripe.com/v1/things${n % 20}`],
  ])("%s stay just below the limit in any second", async (_name, limit, url) => {
    const limited = limitStripe(world.parts(LIVE));
    const asking = Array.from({ length: 2 * limit }, (_, n) => limited(url(n)));
    await world.pass(3_000);
    await Promise.all(asking);
    expect(mostInASecond(world.left)).toBeLessThanOrEqual(limit);
    expect(world.left.at(-1)?.at).toBeLessThan(2_150);
  });

  it("do not wait for those of another endpoint", async () => {
    const limited = limitStripe(world.parts(LIVE));
    void Promise.all(Array.from({ length: 50 }, (_, n) => limited(session(n))));
    void limited(refund);
    await world.pass(30);
    expect(world.left.map(({ path }) => path)).toContain("/v1/refunds");
  });

  it("that settle a sale go first, and others still get a turn", async () => {
    const limited = limitStripe(world.parts({ inAll: 25, perEndpoint: 25 }));
    const pages = Array.from({ length: 20 }, (_, n) =>
      limited(`https://api.stripe.com/v1/pages`, { method: "POST", body: String(n) }),
    );
    const sales = withUrgency("paid", () => Array.from({ length: 30 }, (_, n) => limited(session(n))));
    await world.pass(1_000);
    const first = world.left.slice(3, 23);
    expect(first.filter(({ path }) => path.includes("sessions")).length).toBeGreaterThanOrEqual(15);
    expect(first.filter(({ path }) => path.includes("pages")).length).toBeGreaterThanOrEqual(3);
    await world.pass(3_000);
    await Promise.all([...pages, ...sales]);
  });

  it("under a product's lease go before other settlements", async () => {
    const limited = limitStripe(world.parts(LIVE));
    const marks = withUrgency("paid", () => Array.from({ length: 20 }, (_, n) => limited(session(n))));
    const names = withUrgency("product_held", () =>
      Array.from({ length: 20 }, (_, n) => limited(session(n), { body: "name" })),
    );
    await world.pass(1_000);
    expect(world.left.slice(2, 22).filter(({ body }) => body === "name").length).toBeGreaterThanOrEqual(15);
    await world.pass(3_000);
    await Promise.all([...marks, ...names]);
  });

  it("in the background go last, whenever they were made", async () => {
    const limited = limitStripe(world.parts({ inAll: 25, perEndpoint: 25 }));
    const price = (n: number) => `https://api.stripe.com/v1/prices/price_1A${n}b2C3d4`;
    const warming = withUrgency("background", () => Array.from({ length: 20 }, (_, n) => limited(price(n))));
    const sales = withUrgency("paid", () => Array.from({ length: 10 }, (_, n) => limited(session(n))));
    const pages = Array.from({ length: 10 }, () => limited("https://api.stripe.com/v1/pages", { method: "POST" }));
    await world.pass(4_000);
    await Promise.all([...warming, ...sales, ...pages]);
    // One had left before the others were made.
    expect(world.left.slice(1, 21).filter(({ path }) => path.includes("prices"))).toEqual([]);
    expect(world.left).toHaveLength(40);
  });

  it("that would wait too long get a 429 like Stripe's, without being sent", async () => {
    const limited = limitStripe(world.parts(LIVE));
    const asking = Array.from({ length: 200 }, (_, n) => limited(session(n)));
    await world.pass(10_000);
    const statuses = (await Promise.all(asking)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(world.left.length);
    expect(world.left.length).toBeGreaterThan(60);
    expect(world.left.length).toBeLessThan(90);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
  });

  it("aborted while they wait are not sent", async () => {
    const limited = limitStripe(world.parts(LIVE));
    const asking = Array.from({ length: 20 }, (_, n) => limited(session(n)));
    const hurry = new AbortController();
    const impatient = limited(session(99), { signal: hurry.signal });
    hurry.abort();
    await expect(impatient).rejects.toThrow();
    await world.pass(2_000);
    await Promise.all(asking);
    expect(world.left).toHaveLength(20);
  });

  it("slow down when Stripe refuses them because others share the account, then recover", async () => {
    const limited = limitStripe(world.parts(LIVE));
    const sentWithin = async (ms: number) => {
      const before = world.left.length;
      for (let n = 0; n < 50; n += 1) void limited(session(n));
      await world.pass(ms);
      return world.left.length - before;
    };
    world.respondWith(refusal);
    void limited(session(0));
    await world.pass(1);
    world.respondWith(() => Response.json({}));
    expect(await sentWithin(1_000)).toBeLessThan(16);
    await world.pass(30_000);
    expect(await sentWithin(1_000)).toBeGreaterThan(22);
  });

  it("that Stripe refused are resent before those that wait, for some seconds", async () => {
    const limited = limitStripe(world.parts(LIVE));
    world.respondWith(refusal);
    const refused = limited(session(0));
    await world.pass(1);
    world.respondWith(() => Response.json({}));
    const waiting = [1, 2, 3].map((n) => limited(session(n)));
    await world.pass(1_000);
    expect((await refused).status).toBe(200);
    await Promise.all(waiting);
    expect(world.left.map(({ path }) => path)).toEqual([0, 0, 1, 2, 3].map((n) => new URL(session(n)).pathname));

    world.respondWith(refusal);
    const forEver = limited(session(0));
    await world.pass(10_000);
    expect((await forEver).status).toBe(429);
  });

  it("that Stripe refused are not resent once aborted", async () => {
    const limited = limitStripe(world.parts(LIVE));
    const hurry = new AbortController();
    world.respondWith(() => {
      hurry.abort();
      return refusal();
    });
    await expect(limited(session(0), { signal: hurry.signal })).rejects.toThrow();
    await world.pass(1_000);
    expect(world.left).toHaveLength(1);
  });

  it("that a proxy refused are not resent, since it may have forwarded them", async () => {
    const limited = limitStripe(world.parts(LIVE));
    world.respondWith(() => new Response("slow down", { status: 429 }));
    expect((await limited(session(0))).status).toBe(429);
    expect(world.left).toHaveLength(1);
  });

  it("keep their rate when timers are late, and never exceed the limit in any second", async () => {
    const { schedule, ...parts } = world.parts(LIVE);
    const limited = limitStripe({ ...parts, schedule: (run, delayMs) => schedule(run, delayMs + 15) });
    const asking = Array.from({ length: 60 }, (_, n) => limited(session(n)));
    await world.pass(4_000);
    await Promise.all(asking);
    expect(world.left.at(-1)?.at).toBeLessThan(2_600);
    expect(mostInASecond(world.left)).toBeLessThanOrEqual(25);
  });

  it("that are refused here become a rate limit error of the SDK", async () => {
    const limited = limitStripe(world.parts({ inAll: 1, perEndpoint: 1 }));
    const stripe = createStripe({ secretKey: "sk_test_x", fetch: limited, timeoutMs: 60_000, maxNetworkRetries: 0 });
    for (let n = 0; n < 10; n += 1) void limited(session(n));
    await expect(stripe.checkout.sessions.retrieve("cs_test_a1B2c3")).rejects.toMatchObject({
      statusCode: 429,
      code: "rate_limit",
    });
  });
});

it.each([
  [
    "GET",
    "https://api.stripe.com/v1/checkout/sessions/cs_test_a1B2?expand[]=payment_intent",
    "GET /v1/checkout/sessions/:id",
  ],
  ["POST", "https://api.stripe.com/v1/checkout/sessions/cs_live_b1Zz9/expire", "POST /v1/checkout/sessions/:id/expire"],
  ["GET", "https://api.stripe.com/v1/payment_intents/pi_3Nabc", "GET /v1/payment_intents/:id"],
  ["GET", "https://api.stripe.com/v1/payment_intents?limit=3", "GET /v1/payment_intents"],
])("%s %s belongs to the endpoint %s", (method, url, endpoint) => {
  expect(endpointOf({ method, url })).toBe(endpoint);
});
