import { once } from "node:events";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { UnavailableError } from "~/errors";
import type { StoreEvent } from "~/reservations/reservation-store";
import { redisForTests } from "../redis-for-tests";
import { startRedis } from "../redis-server";
import { PATIENT, storeTiming } from "./describe-reservation-store";
import { connect } from "./redis-fixture";

const server = redisForTests();

afterEach(() => void vi.useRealTimers());

function appServer(options?: Parameters<typeof connect>[1], url = server.url) {
  const app = connect(url, options);
  onTestFinished(() => app.redis.close());
  return app;
}

type App = ReturnType<typeof appServer>;

const mug = (quantity: number) => [{ productId: "mug", quantity }];
const place = ({ store }: App, sessionHash: string, quantity = 1, operationId = `${sessionHash}-op`) =>
  store.place({ sessionHash, operationId, lines: mug(quantity), maxLines: 30 });

async function grant(app: App, sessionHash: string, quantity = 1): Promise<void> {
  expect(await place(app, sessionHash, quantity)).toMatchObject({ outcome: "placed" });
  expect(await app.store.confirm({ sessionHash, operationId: `${sessionHash}-op` })).toMatchObject({
    outcome: "confirmed",
  });
}

const mugsHeld = async ({ store }: App) =>
  (await store.held({ sessionHash: null, productIds: ["mug"] })).get("mug")?.total;

describe("two servers on one Redis", () => {
  it("see each other's holds at once, and each can finish operations that the other began", async () => {
    const [a, b] = [appServer(), appServer()];
    await a.rebuild();
    await grant(a, "ann", 2);
    expect(await mugsHeld(b)).toBe(2);
    expect(await place(b, "bob")).toMatchObject({ outcome: "placed" });
    expect(await a.store.confirm({ sessionHash: "bob", operationId: "bob-op" })).toMatchObject({
      outcome: "confirmed",
    });
    expect(await mugsHeld(b)).toBe(3);
    expect(await b.store.claim({ sessionHash: "ann", claimId: "claim-1" })).toMatchObject({ outcome: "claimed" });
    expect(await a.store.claim({ sessionHash: "ann", claimId: "claim-2" })).toMatchObject({
      outcome: "checkout_open",
      claim: { claimId: "claim-1" },
    });
  });

  it("never miss each other's units when both place at the same instant", async () => {
    const [a, b] = [appServer(), appServer()];
    await a.rebuild();
    for (let round = 0; round < 50; round += 1) {
      const placed = await Promise.all([place(a, `ann-${round}`), place(b, `bob-${round}`)]);
      const seen = placed.map((each) => (each.outcome === "placed" ? (each.others.get("mug")?.units ?? 0) : NaN));
      expect(Math.max(...seen) - 2 * round).toBe(1);
    }
  });

  it("both emit each other's changes; only the one that found a lapsed cart emits `expired`", async () => {
    const offset = { ms: 0 };
    const [a, b] = [appServer({ offset }), appServer({ offset })];
    await a.rebuild();
    const events: Record<"a" | "b", StoreEvent[]> = { a: [], b: [] };
    a.store.subscribe((event) => events.a.push(event));
    b.store.subscribe((event) => events.b.push(event));
    // Repeats until both are subscribed.
    await vi.waitFor(async () => {
      await grant(a, `ann-${performance.now()}`);
      expect(Math.min(events.a.length, events.b.length)).toBeGreaterThan(0);
    }, PATIENT);
    const seen = events.b.length;
    await grant(a, "ann");
    await vi.waitFor(() => expect(events.b.length).toBeGreaterThan(seen), { ...PATIENT, interval: 2 });
    offset.ms += storeTiming.ttlMs + 200;
    await b.store.view("ann");
    const lapsed = { type: "expired", sessionHash: "ann", lines: mug(1) };
    await vi.waitFor(() => expect(events.b).toContainEqual(lapsed), PATIENT);
    expect(events.a).not.toContainEqual(lapsed);
  });

  it("agree on time even if their own clocks are hours apart", async () => {
    const [a, b] = [appServer(), appServer()];
    await a.rebuild();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
    await grant(a, "ann");
    const { claimedAt } = await claimOf(a, "ann");
    vi.setSystemTime(Date.now() + 7_200_000);
    await grant(b, "bob");
    expect(await mugsHeld(b)).toBe(2);
    const view = await b.store.view("bob");
    expect(view.expiresInMs).toBeGreaterThan(storeTiming.ttlMs - 1_000);
    expect(view.expiresInMs).toBeLessThanOrEqual(storeTiming.ttlMs);
    expect((await claimOf(b, "bob")).claimedAt - claimedAt).toBeLessThan(5_000);
  });

  it("use no key that contains a session, and keep all keys in one slot", async () => {
    const a = appServer();
    await a.rebuild();
    await grant(a, "ann");
    const keys = await server.command("KEYS", "*");
    if (!Array.isArray(keys)) throw new Error("KEYS did not return a list");
    expect(keys.length).toBeGreaterThan(4);
    for (const key of keys) expect(key).toMatch(/^\{holdfast:shop\}:v1:[a-z]+$/);
  });
});

async function claimOf(app: App, sessionHash: string) {
  const claimed = await app.store.claim({ sessionHash, claimId: `claim-${sessionHash}` });
  if (claimed.outcome !== "claimed") throw new Error(claimed.outcome);
  return claimed.claim;
}

describe("a failing connection", () => {
  it("that breaks between a step and its reply: the repeated operation returns the same result", async () => {
    const proxy = await cuttingProxy(server.port);
    const app = appServer({}, proxy.url);
    await app.rebuild();
    await grant(app, "warm");

    proxy.cutNextReply();
    const placed = await place(app, "ann", 2);
    expect(proxy.cuts()).toBe(1);
    expect(placed).toMatchObject({ outcome: "placed" });
    if (placed.outcome === "placed") expect(placed.others.get("mug")).toMatchObject({ units: 1 });
    proxy.cutNextReply();
    expect(await app.store.confirm({ sessionHash: "ann", operationId: "ann-op" })).toMatchObject({
      outcome: "confirmed",
      view: { lines: mug(2) },
    });
    proxy.cutNextReply();
    const { claimedAt } = await claimOf(app, "ann");
    expect((await claimOf(app, "ann")).claimedAt).toBe(claimedAt);
    proxy.cutNextReply();
    expect(await app.store.stamp({ claimId: "claim-ann", checkoutId: "cs_1" })).toBe("stamped");
    expect(proxy.cuts()).toBe(4);
    expect(await mugsHeld(app)).toBe(3);
  });

  it("that falls silent: the operation is refused within a second, and the next one does not wait behind it", async () => {
    const proxy = await cuttingProxy(server.port);
    const app = appServer({}, proxy.url);
    await app.rebuild();
    proxy.setSilent(true);
    const before = performance.now();
    await expect(place(app, "ann")).rejects.toThrow(UnavailableError);
    // The connection's own limit is 800 ms; a busy machine may add to that.
    expect(performance.now() - before).toBeLessThan(3_000);
    proxy.setSilent(false);
    await vi.waitFor(async () => expect(await place(app, "bob")).toMatchObject({ outcome: "placed" }), PATIENT);
  });
});

describe("a failing Redis", () => {
  it("receives the scripts again after its script cache was flushed", async () => {
    const app = appServer();
    await app.rebuild();
    await grant(app, "ann");
    await server.command("SCRIPT", "FLUSH");
    await grant(app, "bob");
    expect(await mugsHeld(app)).toBe(2);
  });

  it("that stops: operations are refused within a second; once it is back and rebuilt, servers work without a restart", async () => {
    const own = await startRedis();
    onTestFinished(() => void own.stop());
    const app = appServer({}, own.url);
    await app.rebuild();
    await grant(app, "ann");
    expect(app.redis.state).toBe("ok");

    await own.kill();
    for (const sessionHash of ["bob", "cy"]) {
      const before = performance.now();
      await expect(place(app, sessionHash)).rejects.toThrow(UnavailableError);
      // The connection's own limit is 800 ms; a busy machine may add to that.
      expect(performance.now() - before).toBeLessThan(3_000);
    }
    expect(app.redis.state).toBe("failing");

    await own.start();
    await vi.waitFor(async () => expect(await app.turns.begin()).toBe("begun"), PATIENT);
    expect(app.redis.state).toBe("ok");
    await expect(place(app, "bob")).rejects.toThrow(UnavailableError);
    expect(await app.turns.end()).toBe(true);
    await grant(app, "bob");
    expect(await mugsHeld(app)).toBe(1);
  });

  it("that restarts with its epoch key may have lost writes: nothing is placed, claimed or counted before a rebuild", async () => {
    const own = await startRedis(["--appendonly", "yes", "--appendfsync", "always"]);
    onTestFinished(() => void own.stop());
    const app = appServer({}, own.url);
    await app.rebuild();
    await grant(app, "ann");

    await own.kill();
    await own.start();

    await vi.waitFor(async () => expect((await app.store.view("ann")).lines).toEqual(mug(1)), PATIENT);
    await expect(mugsHeld(app)).rejects.toThrow(UnavailableError);
    await expect(place(app, "bob")).rejects.toThrow(UnavailableError);
    await expect(app.store.claim({ sessionHash: "ann", claimId: "claim-1" })).rejects.toThrow(UnavailableError);
    await app.rebuild();
    expect(await mugsHeld(app)).toBe(1);
    expect(await place(app, "bob")).toMatchObject({ outcome: "placed" });
    expect(await app.store.claim({ sessionHash: "ann", claimId: "claim-1" })).toMatchObject({ outcome: "claimed" });
  });

  it("that is emptied: exactly one server rebuilds, and until then nothing is placed or counted", async () => {
    const [a, b] = [appServer(), appServer()];
    await a.rebuild();
    await grant(a, "ann");
    await server.command("FLUSHALL");

    await expect(place(a, "bob")).rejects.toThrow(UnavailableError);
    await expect(place(b, "cy")).rejects.toThrow(UnavailableError);
    const [ofA, ofB] = await Promise.all([a.turns.begin(), b.turns.begin()]);
    expect([ofA, ofB].sort()).toEqual(["begun", "elsewhere"]);
    const [builder, other] = ofA === "begun" ? [a, b] : [b, a];
    await builder.store.restore({
      claimId: "claim-1",
      checkoutId: "cs_1",
      sessionHash: "ann",
      lines: mug(1),
      claimedAt: Date.now() - 5_000,
    });
    await expect(place(other, "cy")).rejects.toThrow(UnavailableError);
    await expect(mugsHeld(other)).rejects.toThrow(UnavailableError);
    expect(await builder.turns.end()).toBe(true);
    expect(await mugsHeld(other)).toBe(1);
    expect(await other.turns.begin()).toBe("rebuilt");
    const placed = await place(other, "cy");
    if (placed.outcome !== "placed") throw new Error(placed.outcome);
    expect(placed.others.get("mug")?.units).toBe(1);
  });

  it("that is emptied during a rebuild does not count as rebuilt", async () => {
    const app = appServer();
    expect(await app.turns.begin()).toBe("begun");
    await server.command("FLUSHALL");
    expect(await app.turns.end()).toBe(false);
    await expect(place(app, "ann")).rejects.toThrow(UnavailableError);
  });

  it("lets another server rebuild if the first one is gone", async () => {
    const offset = { ms: 0 };
    const [a, b] = [appServer({ offset }), appServer({ offset })];
    expect(await a.turns.begin()).toBe("begun");
    expect(await b.turns.begin()).toBe("elsewhere");
    offset.ms += 20_000;
    expect(await b.turns.begin()).toBe("begun");
    expect(await b.turns.end()).toBe(true);
  });

  it("whose clock goes back drops no hold twice and counts none as negative", async () => {
    const offset = { ms: 0 };
    const app = appServer({ offset });
    await app.rebuild();
    await grant(app, "ann", 2);
    offset.ms += storeTiming.ttlMs + 200;
    expect(await mugsHeld(app)).toBe(0);
    offset.ms -= 60_000;
    await grant(app, "ann", 1);
    expect(await mugsHeld(app)).toBe(1);
    await app.store.release({ sessionHash: "ann", productIds: "all" });
    expect(await mugsHeld(app)).toBe(0);
  });

  it("that is full refuses new holds but still releases units", async () => {
    const own = await startRedis();
    onTestFinished(() => void own.stop());
    const app = appServer({}, own.url);
    await app.rebuild();
    await grant(app, "ann");
    await own.command("CONFIG", "SET", "maxmemory", "1");
    await expect(place(app, "bob")).rejects.toThrow(UnavailableError);
    expect(await app.store.release({ sessionHash: "ann", productIds: "all" })).toMatchObject({
      outcome: "released",
      lines: mug(1),
    });
    await own.command("CONFIG", "SET", "maxmemory", "0");
    expect(await place(app, "bob")).toMatchObject({ outcome: "placed" });
  });

  it("that may evict holds causes a warning", async () => {
    const own = await startRedis();
    onTestFinished(() => void own.stop());
    const app = appServer({}, own.url);
    expect(await app.redis.warnings()).toEqual([]);
    await own.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    expect(await app.redis.warnings()).toEqual([expect.stringContaining("allkeys-lru")]);
  });
});

it("thousands of holds that lapse together stop counting at once and leave no data", { timeout: 60_000 }, async () => {
  const offset = { ms: 0 };
  const app = appServer({ offset });
  await app.rebuild();
  const sessions = Array.from({ length: 2_000 }, (_, index) => `shopper-${index}`);
  for (let at = 0; at < sessions.length; at += 20)
    await Promise.all(sessions.slice(at, at + 20).map((sessionHash) => grant(app, sessionHash)));
  expect(await mugsHeld(app)).toBe(2_000);
  offset.ms += storeTiming.ttlMs + 200;
  expect(await mugsHeld(app)).toBe(0);
  expect(await app.store.totals()).toMatchObject({ shopping: 0, units: 0, sessions: 0 });
  for (let at = 0; at < 600; at += 20) await Promise.all(sessions.slice(at, at + 20).map(() => app.store.totals()));
  expect(await server.command("KEYS", "*")).toSatisfy((keys: string[]) =>
    keys.every((key) => /:(epoch|sums)$/.test(key)),
  );
});

/** A TCP proxy to Redis that can cut the connection instead of passing on a reply, or fall silent. */
async function cuttingProxy(port: number) {
  let isCutting = false;
  let isSilent = false;
  let cuts = 0;
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const redis = connectTcp(port, "127.0.0.1");
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        client.destroy();
        redis.destroy();
      });
    }
    client.on("data", (data) => redis.write(data));
    redis.on("data", (data) => {
      if (isSilent) return;
      // Script replies are JSON objects.
      if (isCutting && data.includes("{")) {
        isCutting = false;
        cuts += 1;
        client.destroy();
        return;
      }
      client.write(data);
    });
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    url: `redis://127.0.0.1:${address.port}`,
    cutNextReply: () => (isCutting = true),
    setSilent: (silent: boolean) => (isSilent = silent),
    cuts: () => cuts,
  };
}
