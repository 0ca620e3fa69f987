import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createRedisLeaseStore } from "~/checkout/leases/redis-lease-store.server";
import { UnavailableError } from "~/errors";
import { redisForTests } from "../../redis-for-tests";
import { PATIENT } from "../../reservations/describe-reservation-store";
import { connect } from "../../reservations/redis-fixture";
import { describeLeaseStore } from "./describe-lease-store";

const patient = new AbortController().signal;
const LEASE_MS = 1_000;

const server = redisForTests();
let offset: { ms: number };
beforeEach(() => {
  offset = { ms: 0 };
});

function appServer(options?: Parameters<typeof connect>[1]) {
  const app = connect(server.url, { offset, ...options });
  onTestFinished(() => app.redis.close());
  return { ...app, leases: createRedisLeaseStore(app.redis, { leaseMs: LEASE_MS }) };
}

describeLeaseStore("Redis", async () => {
  const app = appServer();
  await app.rebuild();
  return { leases: app.leases };
});

describe("leases of several servers", () => {
  it("are no longer held once a request sent now could outlive them, although no other server can get them yet", async () => {
    const [a, b] = [appServer(), appServer()];
    await a.rebuild();
    // Longer than elsewhere: the other server has to ask between the two ends of the lease, on a busy machine too.
    const leaseMs = 3 * LEASE_MS;
    const leases = createRedisLeaseStore(a.redis, { leaseMs });
    const lease = await leases.acquire({ key: "k", checkoutId: "cs_1", signal: patient });
    a.redis.close();
    await vi.waitFor(() => expect(lease.isHeld()).toBe(false), { timeout: leaseMs, interval: 1 });
    await expect(b.leases.acquire({ key: "k", checkoutId: "cs_2", signal: AbortSignal.timeout(50) })).rejects.toThrow(
      UnavailableError,
    );
  });

  it("are shared by all of them", async () => {
    const [a, b] = [appServer(), appServer()];
    await a.rebuild();
    const lease = await a.leases.acquire({ key: "k", checkoutId: "cs_1", signal: patient });
    const hurry = new AbortController();
    const second = b.leases.acquire({ key: "k", checkoutId: "cs_2", signal: hurry.signal });
    hurry.abort(new Error("late"));
    await expect(second).rejects.toThrow(UnavailableError);
    await lease.release({ settled: true });
    expect(await b.leases.acquire({ key: "k", checkoutId: "cs_2", signal: patient })).toMatchObject({
      unsettled: null,
    });
  });

  it("of a dead server are taken over with the name of its checkout", async () => {
    const [a, b] = [appServer(), appServer()];
    await a.rebuild();
    await a.leases.acquire({ key: "k", checkoutId: "cs_1", signal: patient });
    a.redis.close();
    const next = await b.leases.acquire({ key: "k", checkoutId: "cs_2", signal: patient });
    expect(next.unsettled).toBe("cs_1");
  });

  it("of a dead server keep the name of an unsettled predecessor", async () => {
    const [a, b] = [appServer(), appServer()];
    await a.rebuild();
    await (await a.leases.acquire({ key: "k", checkoutId: "cs_0", signal: patient })).release({ settled: false });
    await a.leases.acquire({ key: "k", checkoutId: "cs_1", signal: patient });
    a.redis.close();
    expect((await b.leases.acquire({ key: "k", checkoutId: "cs_2", signal: patient })).unsettled).toBe("cs_0");
  });

  it("last as long as the holder renews them, and count as lost before another server can get them", async () => {
    const [a, b] = [appServer(), appServer()];
    await a.rebuild();
    // Longer than elsewhere: a stall of the machine as long as a lease would be the end of one that is renewed.
    const leaseMs = 3 * LEASE_MS;
    const leasesOfA = createRedisLeaseStore(a.redis, { leaseMs });
    const leasesOfB = createRedisLeaseStore(b.redis, { leaseMs });
    const lease = await leasesOfA.acquire({ key: "k", checkoutId: "cs_1", signal: patient });
    const waiting = leasesOfB.acquire({ key: "k", checkoutId: "cs_2", signal: AbortSignal.timeout(2 * leaseMs) });
    await expect(waiting).rejects.toThrow(UnavailableError);
    await vi.waitFor(() => expect(lease.isHeld()).toBe(true), PATIENT);

    await server.command("CLIENT", "PAUSE", String(1.5 * leaseMs), "ALL");
    await vi.waitFor(() => expect(lease.isHeld()).toBe(false), { timeout: 10 * leaseMs, interval: 5 });
    // Throws while Redis is paused.
    const next = await vi.waitFor(() => leasesOfB.acquire({ key: "k", checkoutId: "cs_2", signal: patient }), PATIENT);
    expect(lease.isHeld()).toBe(false);
    expect(next.unsettled).toBe("cs_1");
    await vi.waitFor(() => expect(next.isHeld()).toBe(true), PATIENT);
  });

  it("cost Redis few calls while many callers of one server wait, and are granted in order of arrival", async () => {
    const a = appServer();
    await a.rebuild();
    const first = await a.leases.acquire({ key: "k", checkoutId: "cs_0", signal: patient });
    const had: number[] = [];
    const crowd = Array.from({ length: 200 }, async (_, n) => {
      const lease = await a.leases.acquire({ key: "k", checkoutId: `cs_${n}`, signal: patient });
      had.push(n);
      await lease.release({ settled: true });
    });
    const scriptsRun = async () =>
      Number(/cmdstat_evalsha:calls=(\d+)/.exec(String(await server.command("INFO", "commandstats")))?.[1]);
    const before = await scriptsRun();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    // One waiter polls about every 160 ms, and the lease is renewed a dozen times a second.
    expect((await scriptsRun()) - before).toBeLessThan(40);
    await first.release({ settled: true });
    await Promise.all(crowd);
    expect(had).toEqual(crowd.map((_, n) => n));
  });

  it("are granted only to the rebuild itself until claims are complete", async () => {
    const [a, b] = [appServer(), appServer()];
    await a.turns.begin();
    const ofRebuild = (app: typeof a) => createRedisLeaseStore(app.redis, { forRebuild: true });
    const announced = await ofRebuild(a).acquire({ key: "k", checkoutId: "cs_1", signal: patient });
    await announced.release({ settled: true });
    for (const leases of [a.leases, b.leases, ofRebuild(b)]) {
      await expect(leases.acquire({ key: "k", checkoutId: "cs_2", signal: patient })).rejects.toThrow(UnavailableError);
    }
    await a.turns.end();
    expect((await b.leases.acquire({ key: "k", checkoutId: "cs_2", signal: patient })).isHeld()).toBe(true);
  });

  it("lost with all data count as lost before a rebuild begins", async () => {
    const a = appServer({ quietMs: LEASE_MS });
    await vi.waitFor(async () => expect(await a.turns.begin()).toBe("begun"), { timeout: 5_000, interval: 20 });
    await a.turns.end();
    const lease = await a.leases.acquire({ key: "k", checkoutId: "cs_1", signal: patient });
    await server.command("FLUSHALL");
    const b = appServer({ quietMs: LEASE_MS });
    expect(await b.turns.begin()).toBe("elsewhere");
    await vi.waitFor(async () => expect(await b.turns.begin()).toBe("begun"), { timeout: 5_000, interval: 20 });
    expect(lease.isHeld()).toBe(false);
  });
});
