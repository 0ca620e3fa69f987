import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createRedisLeaseStore } from "~/checkout/leases/redis-lease-store.server";
import { UnavailableError } from "~/errors";
import { redisForTests } from "../redis-for-tests";
import { PATIENT, storeTiming } from "./describe-reservation-store";
import { connect } from "./redis-fixture";

// Before the server is emptied, because a full one, or one without enough replicas, refuses that too.
beforeEach(acceptWrites);
const server = redisForTests();
afterEach(acceptWrites);

async function acceptWrites(): Promise<void> {
  await server.command("CONFIG", "SET", "maxmemory", "0", "min-replicas-to-write", "0");
}

function appServer(options: Parameters<typeof connect>[1] = {}, url = server.url) {
  const app = connect(url, options);
  onTestFinished(() => app.redis.close());
  return app;
}

type App = ReturnType<typeof appServer>;

const mug = [{ productId: "mug", quantity: 1 }];
const place = ({ store }: App, sessionHash: string) =>
  store.place({ sessionHash, operationId: `${sessionHash}-op`, lines: mug, maxLines: 30 });

async function grant(app: App, sessionHash: string): Promise<void> {
  expect(await place(app, sessionHash)).toMatchObject({ outcome: "placed" });
  expect(await app.store.confirm({ sessionHash, operationId: `${sessionHash}-op` })).toMatchObject({
    outcome: "confirmed",
  });
}

const lease = (app: App, checkoutId: string, patienceMs = 300) =>
  createRedisLeaseStore(app.redis, { leaseMs: 1_000 }).acquire({
    key: "product:mug",
    checkoutId,
    signal: AbortSignal.timeout(patienceMs),
  });

describe("a full Redis", () => {
  it("refuses new holds and reports it, but payments still settle", async () => {
    const app = appServer();
    await app.rebuild();
    await grant(app, "ann");
    await grant(app, "bob");
    await server.command("CONFIG", "SET", "maxmemory", "1");

    await expect(place(app, "cy")).rejects.toThrow(UnavailableError);
    expect(app.redis.state).toBe("failing");
    expect(await app.redis.warnings()).toEqual([expect.stringContaining("Redis is full")]);

    expect(await app.store.claim({ sessionHash: "ann", claimId: "claim-ann" })).toMatchObject({ outcome: "claimed" });
    expect(await app.store.stamp({ claimId: "claim-ann", checkoutId: "cs_1" })).toBe("stamped");
    const held = await lease(app, "cs_1");
    expect(await app.store.lower({ claimId: "claim-ann", checkoutId: "cs_1", lines: mug })).toBe("lowered");
    expect(await app.store.complete({ claimId: "claim-ann", checkoutId: "cs_1" })).toMatchObject({ outcome: "ended" });
    await held.release({ settled: true });
    expect(await app.store.release({ sessionHash: "bob", productIds: "all" })).toMatchObject({ lines: mug });
    // Scripts that run although Redis is full do not clear the state.
    expect(app.redis.state).toBe("failing");

    await server.command("CONFIG", "SET", "maxmemory", "0");
    expect(await app.redis.warnings()).toEqual([]);
    expect(app.redis.state).toBe("ok");
  });

  it("is detected before a shopper is affected, and lets another server start and rebuild", async () => {
    await server.command("CONFIG", "SET", "maxmemory", "1");
    const app = appServer();
    expect(await app.turns.begin()).toBe("begun");
    await app.store.restore({
      claimId: "claim-ann",
      checkoutId: "cs_1",
      sessionHash: "ann",
      lines: mug,
      claimedAt: Date.now(),
    });
    expect(await app.turns.end()).toBe(true);
    expect((await app.store.held({ sessionHash: null, productIds: ["mug"] })).get("mug")?.total).toBe(1);
    expect(app.redis.state).toBe("ok");
    expect(await app.redis.warnings()).toEqual([expect.stringContaining("Redis is full")]);
    expect(app.redis.state).toBe("failing");
  });
});

describe("a Redis user with limited permissions", () => {
  const asUser = async (...rules: string[]) => {
    await server.command("ACL", "SETUSER", "shop", "reset", "on", ">word", ...rules);
    return appServer({}, server.url.replace("redis://", "redis://shop:word@"));
  };

  it("can add items without access to channels, the default of Redis 7, and a warning names the permission", async () => {
    const app = await asUser("~*", "+@all");
    await app.rebuild();
    await grant(app, "ann");
    expect(await app.redis.warnings()).toEqual([expect.stringMatching(/PUBLISH.* \{holdfast:shop\}:v1:events/)]);
    expect(app.redis.state).toBe("ok");
  });

  it.each([
    ["a command", ["~*", "&*", "+@all", "-hset"], /permissions.* HSET on/],
    ["the keys", ["~other:*", "&*", "+@all"], /permissions.*key/i],
  ])("is reported as failing if it lacks %s", async (_name, rules, message) => {
    const app = await asUser(...rules);
    expect(await app.redis.warnings()).toEqual([expect.stringMatching(message)]);
    expect(app.redis.state).toBe("failing");
  });

  it("needs no more than the documented permissions", async () => {
    const app = await asUser(
      "~{holdfast:shop}:*",
      "&{holdfast:shop}:*",
      "+@hash",
      "+@sortedset",
      "+@scripting",
      "+@connection",
      "+publish",
      "+subscribe",
      "+time",
      "+info",
      "+memory|usage",
    );
    expect(await app.redis.warnings()).toEqual([]);
    await app.rebuild();
    await grant(app, "ann");
    expect(await app.store.totals()).toMatchObject({ units: 1 });
  });
});

it("treats a Redis without enough replicas as unavailable, and says why", async () => {
  const app = appServer();
  await app.rebuild();
  await server.command("CONFIG", "SET", "min-replicas-to-write", "1");
  await expect(place(app, "ann")).rejects.toThrow(UnavailableError);
  expect(app.redis.state).toBe("failing");
  await vi.waitFor(
    async () => expect(await app.redis.warnings()).toEqual([expect.stringContaining("min-replicas-to-write")]),
    PATIENT,
  );
  await server.command("CONFIG", "SET", "min-replicas-to-write", "0");
  await vi.waitFor(async () => expect(await place(app, "ann")).toMatchObject({ outcome: "placed" }), PATIENT);
  expect(app.redis.state).toBe("ok");
});

describe("when Redis' clock jumps an hour ahead and back", () => {
  const HOUR = 3_600_000;

  it("the store's time continues from the latest time seen, and holds last two minutes", async () => {
    const offset = { ms: 0 };
    const app = appServer({ offset });
    await app.rebuild();
    offset.ms += HOUR;
    await grant(app, "ann");
    offset.ms -= HOUR;
    expect((await app.store.view("ann")).lines).toEqual(mug);
    offset.ms += storeTiming.ttlMs + 200;
    expect((await app.store.view("ann")).lines).toEqual([]);
    await grant(app, "bob");
    offset.ms -= 1_000;
    offset.ms += storeTiming.ttlMs + 1_200;
    expect((await app.store.view("bob")).lines).toEqual([]);
  });

  it("claims are dated by Redis' own clock, by which Stripe is queried", async () => {
    const offset = { ms: 0 };
    const app = appServer({ offset });
    await app.rebuild();
    offset.ms += HOUR;
    await app.store.view("ann");
    offset.ms -= HOUR;
    await grant(app, "ann");
    const claimed = await app.store.claim({ sessionHash: "ann", claimId: "claim-ann" });
    if (claimed.outcome !== "claimed") throw new Error(claimed.outcome);
    expect(Math.abs(claimed.claim.claimedAt - Date.now())).toBeLessThan(60_000);
    expect(await app.store.claims({ olderThanMs: 60_000 })).toEqual([]);
    offset.ms += 61_000;
    expect(await app.store.claims({ olderThanMs: 60_000 })).toHaveLength(1);
  });

  it("a lease taken in between lasts for its own length and no longer", async () => {
    const offset = { ms: 0 };
    const app = appServer({ offset });
    await app.rebuild();
    offset.ms += HOUR;
    await lease(app, "cs_gone");
    app.redis.close();
    offset.ms -= HOUR;
    const other = appServer({ offset });
    await expect(lease(other, "cs_2", 200)).rejects.toThrow(UnavailableError);
    offset.ms += 1_001;
    expect((await lease(other, "cs_2")).unsettled).toBe("cs_gone");
  });

  it("servers can still start: neither a rebuild turn nor the quiet period before it gets longer", async () => {
    const offset = { ms: 0 };
    const [gone, other] = [appServer({ offset, quietMs: 2_000 }), appServer({ offset, quietMs: 2_000 })];
    offset.ms += HOUR;
    expect(await gone.turns.begin()).toBe("elsewhere");
    offset.ms -= HOUR;
    expect(await other.turns.begin()).toBe("elsewhere");
    offset.ms += 2_001 + HOUR;
    expect(await gone.turns.begin()).toBe("begun");
    offset.ms -= HOUR;
    expect(await other.turns.begin()).toBe("begun");
    expect(await other.turns.end()).toBe(true);
  });
});
