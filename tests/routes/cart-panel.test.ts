import type { LoaderFunctionArgs } from "@remix-run/node";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { withCheckout, type Cart } from "~/cart/cart-session.server";
import { UnavailableError } from "~/errors";
import { install } from "../boot/installed-shop";
import { add, CHECKOUT, createWorld, order, type World } from "../cart/cart-world";

const ORIGIN = "http://shop.test";

const panel = await import("~/routes/cart_.panel");

let shown: World;
const world = () => shown;

beforeEach(async () => {
  shown = await createWorld();
  install(shown.shop);
});

const answered = z.object({
  type: z.literal("DataWithResponseInit"),
  data: z.looseObject({ outcome: z.string() }),
  init: z.object({ status: z.number().default(200), headers: z.record(z.string(), z.string()).default({}) }),
});

async function ask(
  run: (asked: LoaderFunctionArgs) => Promise<unknown>,
  cart: Cart,
  form?: Record<string, string>,
  headers: Record<string, string> = {},
) {
  const cookie = (await world().carts.commit(cart)).split(";")[0] ?? "";
  const body = form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) };
  const request = new Request(`${ORIGIN}/cart/panel`, {
    headers: { Cookie: cookie, Origin: ORIGIN, ...headers },
    ...body,
  });
  return answered.parse(await run({ request, params: {}, context: {} }));
}

const open = (cart: Cart) => ask(panel.loader, cart);
const change = (cart: Cart, form: Record<string, string>, headers?: Record<string, string>) =>
  ask(panel.action, cart, form, headers);

describe("the cart panel's route", () => {
  it("rejects a form of another site, an invalid form and one too many with data instead of an error page", async () => {
    const cart = world().carts.create();
    expect(await change(cart, add("mug", 1), { Origin: "https://evil.test" })).toMatchObject({
      data: { outcome: "refused" },
      init: { status: 403 },
    });
    expect(await change(cart, { intent: "steal" })).toMatchObject({
      data: { outcome: "refused" },
      init: { status: 400 },
    });
    world().says.admit = () => ({ outcome: "rate_limited", retryAfterSeconds: 7 });
    expect(await change(cart, add("mug", 1))).toMatchObject({
      data: { outcome: "failed", failure: { kind: "rate_limited" } },
      init: { status: 429, headers: { "Retry-After": "7" } },
    });
    expect((await world().store.totals()).units).toBe(0);
  });

  it("reports why nothing changed, with the page's status and without a cookie", async () => {
    const answer = await change(world().carts.create(), add("mug", 6));
    expect(answer).toMatchObject({
      data: { outcome: "failed", failure: { kind: "refused", lines: [{ requested: 6, available: 5 }] } },
      init: { status: 409 },
    });
    expect(answer.init.headers).not.toHaveProperty("Set-Cookie");
  });

  it("changes the cart without a redirect", async () => {
    const answer = await change(world().carts.create(), add("mug", 2));
    expect(answer).toMatchObject({ data: { outcome: "changed" }, init: { status: 200 } });
    const { cart } = await world().carts.read(
      new Request(ORIGIN, { headers: { Cookie: answer.init.headers["Set-Cookie"]?.split(";")[0] ?? "" } }),
    );
    expect(cart.lines).toEqual([{ productId: "mug", quantity: 2 }]);
    expect(await open(cart)).toMatchObject({
      data: { outcome: "shown", view: { units: 2 } },
      init: { headers: { "Cache-Control": "no-store" } },
    });
  });

  it("shows the new cart, and writes it, if this one was sold meanwhile", async () => {
    world().says.fulfil = () => Promise.resolve({ outcome: "done", repeated: true, order: order() });
    const sold = { ...withCheckout(world().carts.create(), CHECKOUT), lines: [{ productId: "mug", quantity: 2 }] };
    const answer = await open(sold);
    expect(answer).toMatchObject({ data: { outcome: "shown", view: { lines: [], checkouts: [CHECKOUT] } } });
    const { cart } = await world().carts.read(
      new Request(ORIGIN, { headers: { Cookie: answer.init.headers["Set-Cookie"]?.split(";")[0] ?? "" } }),
    );
    expect(cart.sessionHash).not.toBe(sold.sessionHash);
  });

  it("writes a line that only the store knows to the cookie, like the cart page, if it fits", async () => {
    const cart = await world().change(world().carts.create(), add("jug", 1));
    await world().change(cart, add("mug", 1));
    const answer = await open(cart);
    const { cart: whole } = await world().carts.read(
      new Request(ORIGIN, { headers: { Cookie: answer.init.headers["Set-Cookie"]?.split(";")[0] ?? "" } }),
    );
    expect(whole.lines.map(({ productId }) => productId)).toEqual(["jug", "mug"]);
    expect(answer.init.headers["Cache-Control"]).toBe("private, no-store");
    expect((await open(whole)).init.headers).not.toHaveProperty("Set-Cookie");
    world().carts.fits = () => Promise.resolve(false);
    expect((await open(cart)).init.headers).not.toHaveProperty("Set-Cookie");
  });

  it("redirects to the order if the cart is paid", async () => {
    world().says.fulfil = () => Promise.resolve({ outcome: "done", repeated: true, order: order() });
    const sold = { ...withCheckout(world().carts.create(), CHECKOUT), lines: [{ productId: "mug", quantity: 2 }] };
    const thrown: unknown = await change(sold, { intent: "remove", product_id: "mug" }).catch(
      (error: unknown) => error,
    );
    expect(thrown instanceof Response && thrown.headers.get("Location")).toBe(`/orders/${CHECKOUT}`);
  });

  it("reports a database outage with a message", async () => {
    world().says.stock = () => Promise.reject(new UnavailableError("down"));
    expect(await change(world().carts.create(), add("mug", 1))).toMatchObject({
      data: { outcome: "failed", failure: { kind: "unavailable" } },
      init: { status: 503 },
    });
  });

  it("keeps the page if the shop cannot be reached, and hides no other error", async () => {
    const dead = { serverAction: () => Promise.reject(new TypeError("Failed to fetch")) };
    expect(await panel.clientAction({ ...dead, request: new Request(ORIGIN), params: {} })).toMatchObject({
      outcome: "refused",
    });
    const other = { serverAction: () => Promise.reject(new Error("broken")) };
    await expect(panel.clientAction({ ...other, request: new Request(ORIGIN), params: {} })).rejects.toThrow("broken");
  });
});
