import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { UnavailableError } from "~/errors";
import { KnownEpoch } from "~/reservations/redis/known-epoch";
import { redisForTests } from "../redis-for-tests";
import { PATIENT } from "./describe-reservation-store";
import { flippingAddress } from "./flipping-address";
import { connect } from "./redis-fixture";

/** `P` failed over to `R`, keeps running, and the address leads back to it. The only mug was claimed on R. */
const P = redisForTests();
const R = redisForTests();

/** Real time: long enough that a busy machine gets from one call to the next within it. */
const TRUST_MS = 3_000;

async function address() {
  const flipping = await flippingAddress(P.port);
  onTestFinished(() => flipping.close());
  return flipping;
}

function server(url: string, options: Parameters<typeof connect>[1] = {}) {
  const app = connect(url, options);
  onTestFinished(() => app.redis.close());
  return app;
}

type App = ReturnType<typeof server>;

const mug = [{ productId: "mug", quantity: 1 }];
const place = ({ store }: App, sessionHash: string) =>
  store.place({ sessionHash, operationId: `${sessionHash}-op`, lines: mug, maxLines: 30 });
const reached = (act: () => Promise<unknown>) => vi.waitFor(act, PATIENT);

async function claimMug(app: App, sessionHash: string) {
  expect(await place(app, sessionHash)).toMatchObject({
    outcome: "placed",
    others: new Map([["mug", expect.objectContaining({ units: 0 })]]),
  });
  await app.store.confirm({ sessionHash, operationId: `${sessionHash}-op` });
  const claimed = await app.store.claim({ sessionHash, claimId: `claim-${sessionHash}` });
  if (claimed.outcome !== "claimed") throw new Error(claimed.outcome);
  await app.store.stamp({ claimId: claimed.claim.claimId, checkoutId: `cs_${sessionHash}` });
  return { ...claimed.claim, checkoutId: `cs_${sessionHash}` };
}

/** All of `servers` know P; then `a` rebuilds R and sells the mug there; then the address leads back to P. */
async function flipAndBack(
  flipping: Awaited<ReturnType<typeof address>>,
  servers: readonly App[],
  onR: { skewMs?: number } = {},
) {
  const [a] = servers;
  if (a === undefined) throw new Error("no server");
  await a.rebuild();
  for (const each of servers) expect(await each.turns.begin()).toBe("rebuilt");
  flipping.flip(R.port);
  const offsetOfR = onR.skewMs ?? 0;
  clock.ms += offsetOfR;
  await reached(async () => expect(await a.turns.begin()).toBe("begun"));
  expect(await a.turns.end()).toBe(true);
  const claim = await claimMug(a, "ann");
  flipping.flip(P.port);
  clock.ms -= offsetOfR;
  return claim;
}

const clock = { ms: 0 };

describe("a primary that was failed over and gets its address back", () => {
  it("counts as lost for the server that sold on the other one, until claims are restored", async () => {
    const flipping = await address();
    const a = server(flipping.url);
    const claim = await flipAndBack(flipping, [a]);
    await reached(async () => expect(await a.turns.begin()).toBe("begun"));
    await expect(place(a, "bob")).rejects.toThrow(UnavailableError);
    await expect(a.store.held({ sessionHash: null, productIds: ["mug"] })).rejects.toThrow(UnavailableError);
    await a.store.restore(claim);
    expect(await a.turns.end()).toBe(true);
    expect((await a.store.held({ sessionHash: null, productIds: ["mug"] })).get("mug")?.total).toBe(1);
  });

  it("counts as lost for a server that never saw the other one, because after a long silence it reads Stripe's sessions first", async () => {
    const flipping = await address();
    const [a, c] = [server(flipping.url), server(flipping.url, { trustForMs: TRUST_MS })];
    const claim = await flipAndBack(flipping, [a, c]);
    await sleep(TRUST_MS + 10);
    await reached(() => c.store.view("bob"));
    await expect(place(c, "bob")).rejects.toThrow(UnavailableError);
    expect(await c.turns.begin()).toBe("unproven");
    c.turns.learn([claim.epoch ?? ""]);
    expect(await c.turns.begin()).toBe("begun");
    await expect(place(c, "bob")).rejects.toThrow(UnavailableError);
  });

  it("counts as lost for that server too, as soon as one that knows has called `begin`", async () => {
    const flipping = await address();
    const [a, c] = [server(flipping.url), server(flipping.url)];
    await flipAndBack(flipping, [a, c]);
    await reached(async () => expect(await a.turns.begin()).toBe("begun"));
    await reached(() => c.store.view("bob"));
    await expect(place(c, "bob")).rejects.toThrow(UnavailableError);
    expect(await c.turns.begin()).toBe("elsewhere");
  });

  it("sells the mug again if a server never saw the other one and ignores a long silence (negative control)", async () => {
    const flipping = await address();
    const [a, c] = [server(flipping.url), server(flipping.url)];
    await flipAndBack(flipping, [a, c]);
    await reached(() => c.store.view("bob"));
    await claimMug(c, "bob");
  });

  it("counts as lost for a server that boots on it, because an open Stripe session has the newer epoch", async () => {
    const flipping = await address();
    const a = server(flipping.url);
    const { epoch } = await flipAndBack(flipping, [a]);
    const fresh = server(flipping.url, { isProven: false });
    await reached(async () => expect(await fresh.turns.begin()).toBe("unproven"));
    await expect(place(fresh, "bob")).rejects.toThrow(UnavailableError);
    fresh.turns.learn([epoch ?? ""]);
    expect(await fresh.turns.begin()).toBe("begun");
    expect(await fresh.turns.end()).toBe(true);
    expect(await a.turns.begin()).toBe("rebuilt");
  });

  it("counts as lost even if the other one's clock was an hour behind", async () => {
    const flipping = await address();
    const [a, c] = [server(flipping.url, { offset: clock }), server(flipping.url, { offset: clock })];
    await flipAndBack(flipping, [a, c], { skewMs: -3_600_000 });
    await reached(async () => expect(await a.turns.begin()).toBe("begun"));
    await reached(() => c.store.view("bob"));
    await expect(place(c, "bob")).rejects.toThrow(UnavailableError);
  });

  it("counts as lost if both were rebuilt since, with the same counter but another id", async () => {
    const flipping = await address();
    const [a, c] = [server(flipping.url), server(R.url)];
    await a.rebuild();
    await c.rebuild();
    flipping.flip(R.port);
    await reached(async () => expect(await a.turns.begin()).toBe("begun"));
  });
});

describe("a server that boots on a Redis without a failover", () => {
  it("can continue once it has read the epochs in Stripe's sessions", async () => {
    const [a, fresh] = [server(P.url), server(P.url, { isProven: false })];
    await a.rebuild();
    const { epoch } = await claimMug(a, "ann");
    expect(await fresh.turns.begin()).toBe("unproven");
    fresh.turns.learn([epoch ?? ""]);
    expect(await fresh.turns.begin()).toBe("rebuilt");
    expect(await place(fresh, "bob")).toMatchObject({ outcome: "placed" });
  });

  it("trusts an epoch newer than all it knew without reading Stripe's sessions", async () => {
    const [a, c] = [server(P.url), server(P.url, { trustForMs: TRUST_MS })];
    await a.rebuild();
    expect(await c.turns.begin()).toBe("rebuilt");
    await P.command("FLUSHALL");
    await a.rebuild();
    await sleep(TRUST_MS + 10);
    await expect(place(c, "bob")).rejects.toThrow(UnavailableError);
    expect(await c.turns.begin()).toBe("rebuilt");
    expect(await place(c, "bob")).toMatchObject({ outcome: "placed" });
  });
});

describe("a server's known epoch", () => {
  it("is the one with the highest counter, in whatever order they arrive", () => {
    const known = new KnownEpoch(1_000);
    known.prove(0, ["9.a", "10.b", "nonsense", ""]);
    known.observe(5, "9.c");
    expect(known.newest).toBe("10.b");
  });

  it("stays proven as long as replies from Redis contain an epoch now and then", () => {
    const known = new KnownEpoch(1_000);
    known.observe(0, "1.a");
    expect(known.isProven(0)).toBe(false);
    known.prove(0, []);
    expect(known.isProven(1_000)).toBe(true);
    known.observe(900, "1.a");
    expect(known.isProven(1_900)).toBe(true);
    expect(known.isProven(1_901)).toBe(false);
    known.observe(1_950, "1.a");
    expect(known.isProven(1_950)).toBe(false);
  });
});
