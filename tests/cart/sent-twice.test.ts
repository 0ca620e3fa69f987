import { describe, expect, it } from "vitest";
import { add, createWorld } from "./cart-world";

const form = (operation: string, quantity = 1) => ({ ...add("mug", quantity), operation });

describe("a form sent twice", () => {
  it("adds once if it is sent again later", async () => {
    const world = await createWorld();
    const first = await world.change(world.carts.create(), form("operation-1", 2));
    const again = await world.change(first, form("operation-1", 2));
    expect(again.lines).toEqual([{ productId: "mug", quantity: 2 }]);
    expect((await world.store.totals()).units).toBe(2);
  });

  it("adds once if both posts have the same cookie: at once, or after a lost response", async () => {
    const world = await createWorld();
    const cart = await world.change(world.carts.create(), form("operation-0"));
    const answers = await Promise.all([1, 2, 3].map(() => world.change(cart, form("operation-1"))));
    expect(answers.map(({ lines }) => lines)).toEqual([1, 2, 3].map(() => [{ productId: "mug", quantity: 2 }]));
    await world.change(cart, form("operation-1"));
    expect((await world.store.totals()).units).toBe(2);
  });

  it("adds twice without an operation id (negative control)", async () => {
    const world = await createWorld();
    const cart = world.carts.create();
    await world.change(cart, add("mug", 1));
    await world.change(cart, add("mug", 1));
    expect((await world.store.totals()).units).toBe(2);
  });

  it("adds again from another form, and after more forms than the cookie remembers", async () => {
    const world = await createWorld();
    let cart = world.carts.create();
    for (let n = 0; n < 5; n += 1) cart = await world.change(cart, form(`operation-${n}`));
    expect(cart.lines).toEqual([{ productId: "mug", quantity: 5 }]);
    for (let n = 0; n < 20; n += 1)
      cart = await world.change(cart, {
        ...add("jug", 1),
        operation: `another-${n}`,
        intent: n % 2 === 0 ? "add" : "remove",
      });
    expect(cart.operations).toHaveLength(8);
    expect(await world.carts.fits(cart)).toBe(true);
  });

  it("can be sent again after a refusal, which changed nothing", async () => {
    const world = await createWorld();
    const cart = world.carts.create();
    const refused = await world.send(cart, form("operation-1", 6));
    expect(refused).toMatchObject({ outcome: "failed", failure: { kind: "refused" } });
    expect((await world.change(cart, form("operation-1", 5))).lines).toEqual([{ productId: "mug", quantity: 5 }]);
  });
});
