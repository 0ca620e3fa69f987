import { once } from "node:events";
import { connect as connectTcp, createServer } from "node:net";
import { expect, it, onTestFinished, vi } from "vitest";
import { UnavailableError } from "~/errors";
import { scripts } from "~/reservations/redis/scripts.server";
import { redisForTests } from "../redis-for-tests";
import { PATIENT } from "./describe-reservation-store";
import { connect } from "./redis-fixture";

const server = redisForTests();

/** A TCP proxy to Redis that can hold back one request, even if its sender is gone, until it is let through. */
async function delayingProxy(port: number) {
  let wanted: string | null = null;
  let letThrough: (() => void) | null = null;
  const proxy = createServer((client) => {
    const redis = connectTcp(port, "127.0.0.1");
    redis.on("error", () => undefined).on("data", (data) => void (client.writable && client.write(data)));
    client.on("error", () => undefined);
    let isHeld = false;
    client.on("close", () => {
      if (!isHeld) redis.destroy();
    });
    client.on("data", (data) => {
      if (isHeld) return;
      if (wanted === null || !data.includes(wanted)) return void redis.write(data);
      wanted = null;
      isHeld = true;
      letThrough = () => void redis.write(data);
    });
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => void proxy.close());
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `redis://127.0.0.1:${address.port}`,
    holdBack(text: string) {
      wanted = text;
    },
    letThrough() {
      if (letThrough === null) throw new Error("nothing was held back");
      letThrough();
    },
  };
}

function appServer(url = server.url) {
  const app = connect(url);
  onTestFinished(() => app.redis.close());
  return app;
}

type App = ReturnType<typeof appServer>;

async function grant({ store }: App, operationId: string, quantity = 1) {
  await store.place({ sessionHash: "ann", operationId, lines: [{ productId: "mug", quantity }], maxLines: 30 });
  expect(await store.confirm({ sessionHash: "ann", operationId })).toMatchObject({ outcome: "confirmed" });
}

const linesOf = async ({ store }: App) => (await store.view("ann")).lines;
const mug = [{ productId: "mug", quantity: 1 }];

it("a late release frees nothing that was granted since, whether or not a retry was applied before it", async () => {
  for (const isRetried of [true, false]) {
    await server.command("FLUSHALL");
    const proxy = await delayingProxy(server.port);
    const [app, other] = [appServer(proxy.url), appServer()];
    await other.rebuild();
    await vi.waitFor(() => app.turns.begin(), PATIENT);
    await grant(app, "first");
    proxy.holdBack('"seen"');
    const released = app.store.release({ sessionHash: "ann", productIds: "all" }).catch((error: unknown) => error);
    const outcome = await released;
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(UnavailableError);
    if (isRetried)
      expect(await other.store.release({ sessionHash: "ann", productIds: "all" })).toMatchObject({
        outcome: "released",
      });
    await grant(other, "second", isRetried ? 1 : 2);
    const before = await linesOf(other);

    const commands = async () =>
      Number(/evalsha:calls=(\d+)/.exec(String(await server.command("INFO", "commandstats")))?.[1] ?? 0);
    const done = await commands();
    proxy.letThrough();
    await vi.waitFor(async () => expect(await commands()).toBeGreaterThan(done), PATIENT);

    expect(await linesOf(other)).toEqual(before);
  }
});

it("the same request frees the newer lines if it names the latest change (negative control)", async () => {
  const app = appServer();
  await app.rebuild();
  await grant(app, "first");
  const late = { sessionHash: "ann", seen: "first", operationId: "late" };
  await app.store.release({ sessionHash: "ann", productIds: "all" });
  await grant(app, "second");
  expect(await app.redis.run(scripts.release, late)).toMatchObject({ outcome: "changed" });
  expect(await linesOf(app)).toEqual(mug);
  expect(await app.redis.run(scripts.release, { ...late, seen: "second" })).toMatchObject({ outcome: "released" });
  expect(await linesOf(app)).toEqual([]);
});

it("a release succeeds if its first attempt was applied and the reply was lost", async () => {
  const app = appServer();
  await app.rebuild();
  await grant(app, "first");
  const request = { sessionHash: "ann", productIds: ["mug"], seen: "first", operationId: "release" };
  expect(await app.redis.run(scripts.release, request)).toMatchObject({ outcome: "released" });
  expect(await app.store.release({ sessionHash: "ann", productIds: ["mug"] })).toMatchObject({
    outcome: "released",
    lines: [],
  });
});

it("units returned from a payment page count as a change, so an earlier release does not free them", async () => {
  const app = appServer();
  await app.rebuild();
  await grant(app, "first");
  await app.store.claim({ sessionHash: "ann", claimId: "claim-ann" });
  await app.store.unclaim({ claimId: "claim-ann", checkoutId: null, to: "shopper" });
  expect(
    await app.redis.run(scripts.release, { sessionHash: "ann", seen: "first", operationId: "late" }),
  ).toMatchObject({
    outcome: "changed",
  });
  expect(await app.store.release({ sessionHash: "ann", productIds: "all" })).toMatchObject({
    outcome: "released",
    lines: mug,
  });
});
