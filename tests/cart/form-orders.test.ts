import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readIntent } from "~/cart/cart-intent.server";
import type { Cart } from "~/cart/cart-session.server";
import { changeCart } from "~/cart/change-cart.server";
import { createMemoryFormOrders, createRedisFormOrders, type FormOrders } from "~/cart/form-orders.server";
import { createBestEffortRedis } from "~/limits/redis-limit-store.server";
import { startRedis, type RedisServer } from "../redis-server";
import { add, createWorld, set, type World } from "./cart-world";

let redis: RedisServer;
let connection: ReturnType<typeof createBestEffortRedis>;

beforeAll(async () => {
  redis = await startRedis();
  connection = createBestEffortRedis({ url: redis.url, log: { warn: () => undefined } });
  await vi.waitFor(() => connection.call((client) => client.ping()), { timeout: 10_000 });
}, 60_000);
afterAll(() => redis.stop());

const stores: readonly [string, () => FormOrders][] = [
  ["memory", () => createMemoryFormOrders({ now: () => 0 })],
  ["Redis", () => createRedisFormOrders({ redis: connection, prefix: `forms:${randomUUID()}` })],
];

const at = (revision: number, clickedAt: number | null = null) => ({ revision, clickedAt });

describe.each(stores)("forms of one browser, in %s", (_name, open) => {
  const sent = async (
    ...forms: readonly [productIds: readonly string[] | "all", order: { revision: number; clickedAt: number | null }][]
  ) => {
    const orders = open();
    const answers: boolean[] = [];
    for (const [productIds, order] of forms) answers.push(await orders.isLatest("ann", productIds, order));
    return answers;
  };

  it("change nothing if overtaken: by the time of the click, otherwise by what the browser knew", async () => {
    expect(
      await sent([["mug"], at(1, 2_000)], [["mug"], at(1, 1_000)], [["mug"], at(1, 2_000)], [["mug"], at(1, 2_001)]),
    ).toEqual([true, false, true, true]);
    expect(await sent([["mug"], at(2)], [["mug"], at(1)], [["mug"], at(2)], [["mug"], at(3)])).toEqual([
      true,
      false,
      true,
      true,
    ]);
    // Without JavaScript, clicks with the same revision count in order of arrival.
    expect(await sent([["mug"], at(1)], [["mug"], at(1)], [["mug"], at(1, 5)])).toEqual([true, true, true]);
  });

  it("count by their click, even from an older page, tab or cookie", async () => {
    expect(await sent([["mug"], at(7, 1_000)], [["mug"], at(3, 2_000)])).toEqual([true, true]);
  });

  it("are compared per product, and with forms about all products", async () => {
    expect(
      await sent(
        [["mug"], at(1, 2_000)],
        [["jug"], at(1, 1_000)],
        ["all", at(1, 1_500)],
        ["all", at(1, 3_000)],
        [["jug"], at(1, 2_500)],
        [["*"], at(1, 2_500)],
        [["jug"], at(1, 3_500)],
      ),
    ).toEqual([true, true, false, true, false, false, true]);
  });

  it("count again after the browser's clock was set back", async () => {
    expect(await sent([["mug"], at(1, 3_600_000)], [["mug"], at(1, 1_000)])).toEqual([true, true]);
  });

  it("are independent of other browsers", async () => {
    const orders = open();
    await orders.isLatest("ann", ["mug"], at(1, 2_000));
    expect(await orders.isLatest("bob", ["mug"], at(1, 1_000))).toBe(true);
  });
});

describe("two concurrent quantities", () => {
  const send = (world: World, cart: Cart, form: Record<string, string>, clickedAt: number | null) => {
    const read = readIntent(clickedAt === null ? form : { ...form, clicked_at: String(clickedAt) });
    if (read.outcome === "invalid") throw new Error("the form was not understood");
    return changeCart(world.shop, cart, read, world.clock.wall());
  };
  const mugs = async (world: World, cart: Cart) =>
    (await world.store.view(cart.sessionHash)).lines.find(({ productId }) => productId === "mug")?.quantity ?? 0;

  it("end with the one clicked last, in any order of arrival", async () => {
    const world = await createWorld();
    const cart = await world.change(world.carts.create(), add("mug", 1));
    expect(await send(world, cart, set("mug", 5), 2_000)).toMatchObject({ outcome: "changed" });
    expect(await send(world, cart, set("mug", 2), 1_000)).toEqual({ outcome: "overtaken" });
    expect(await mugs(world, cart)).toBe(5);
    // Negative control: without the time, the one that arrives last wins.
    await send(world, cart, set("mug", 2), null);
    expect(await mugs(world, cart)).toBe(2);
  });

  it("without JavaScript, a form sent before the browser knew of the later one is overtaken", async () => {
    const world = await createWorld();
    const cart = await world.change(world.carts.create(), add("mug", 1));
    const newer = (
      await world.carts.read(
        new Request("http://shop.test/", { headers: { Cookie: (await world.carts.commit(cart)).split(";")[0] ?? "" } }),
      )
    ).cart;
    expect(newer.revision).toBe(cart.revision + 1);
    await send(world, newer, set("mug", 5), null);
    expect(await send(world, cart, set("mug", 2), null)).toEqual({ outcome: "overtaken" });
    expect(await mugs(world, cart)).toBe(5);
  });

  it("do not bring back a line that was removed last", async () => {
    const world = await createWorld();
    const cart = await world.change(world.carts.create(), add("mug", 1));
    await send(world, cart, { intent: "remove", product_id: "mug" }, 2_000);
    expect(await send(world, cart, set("mug", 2), 1_000)).toEqual({ outcome: "overtaken" });
    await send(world, cart, { intent: "clear" }, 3_000);
    expect(await send(world, cart, add("jug", 1), 2_500)).toEqual({ outcome: "overtaken" });
    expect((await world.store.totals()).units).toBe(0);
  });
});
