import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkoutIdOf, httpShopper } from "~/drill/shopper";
import type { Listening } from "~/sandbox/listen.server";
import { ensureBuild } from "./processes";
import { openShop, type SeveralServers } from "./shop";
import { slowProxy } from "./slow-proxy";

const SALES = 30;

describe("two servers on one Redis and one slow database", () => {
  let shop: SeveralServers;
  let database: Listening;
  beforeAll(async () => {
    await ensureBuild();
    let target = "";
    database = await slowProxy(
      () => target,
      () => 20 + Math.random() * 150,
    );
    shop = await openShop({
      servers: 2,
      products: 1,
      webhookServers: [0],
      supabaseApi: (supabaseUrl) => {
        target = supabaseUrl;
        return `http://127.0.0.1:${database.port}`;
      },
    });
  }, 300_000);
  afterAll(async () => {
    await shop.stop();
    await database.close();
  });

  it(
    `${SALES} sales are deducted once each if the webhook goes to one server and the shopper returns to the other`,
    { timeout: 300_000 },
    async () => {
      const [productId = ""] = shop.productIds;
      const [a, b] = shop.servers;
      if (a === undefined || b === undefined) throw new Error("two servers are needed");
      await shop.stock.setInventory(productId, SALES + 10);

      const sell = async () => {
        const onB = httpShopper(() => b.origin);
        expect(await onB.reserve(productId, 1)).toBe("granted");
        const page = await onB.openPayment();
        if (page === null) throw new Error(`no payment page: ${b.errors().slice(-3).join("\n")}`);
        // The webhook is on its way to A before the shopper is redirected.
        expect(await onB.pay(page)).toBe(true);
        await Promise.all([onB.returnToShop(page), onB.returnToShop(page)]);
        return checkoutIdOf(page);
      };
      const sold: (string | null)[] = [];
      for (let at = 0; at < SALES; at += 5) sold.push(...(await Promise.all(Array.from({ length: 5 }, sell))));

      expect(new Set(sold).size).toBe(SALES);
      await vi.waitFor(async () => expect(await shop.stock.read(productId)).toMatchObject({ held: 0, inventory: 10 }), {
        timeout: 60_000,
        interval: 500,
      });
      await shop.control("webhooks", { action: "idle" });
      expect(await shop.stock.read(productId)).toMatchObject({ held: 0, inventory: 10 });
      for (const checkoutId of sold) expect(await shop.stock.isRefunded(checkoutId ?? "")).toBe(false);
    },
  );

  it(
    "while Redis is down, pages work and adding fails with 503; payments made meanwhile are fulfilled once it is back",
    { timeout: 300_000 },
    async () => {
      const [productId = ""] = shop.productIds;
      const [a, b] = shop.servers;
      if (a === undefined || b === undefined) throw new Error("two servers are needed");
      await shop.stock.setInventory(productId, 5);
      const payer = httpShopper(() => b.origin);
      expect(await payer.reserve(productId, 2)).toBe("granted");
      const page = await payer.openPayment();
      if (page === null) throw new Error(`no payment page: ${b.errors().slice(-3).join("\n")}`);

      await shop.redis.kill();
      expect(await payer.pay(page)).toBe(true);
      // None of these may wait for Redis.
      const ask = (path: string, init: RequestInit = {}) =>
        fetch(`${a.origin}${path}`, { ...init, signal: AbortSignal.timeout(30_000) });
      const refusal = await ask("/api/reserve-inventory", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ items: [{ product_id: productId, quantity: 1 }] }),
      });
      expect([refusal.status, refusal.headers.has("Retry-After")]).toEqual([503, true]);
      for (const path of ["/", `/products/${productId}`]) expect((await ask(path)).status).toBe(200);
      expect((await ask("/metrics")).status).toBe(200);
      const ready = await ask("/readyz");
      expect([ready.status, await ready.json()]).toEqual([200, expect.objectContaining({ status: "degraded" })]);

      await shop.redis.start();
      await vi.waitFor(async () => expect(await shop.stock.read(productId)).toMatchObject({ held: 0, inventory: 3 }), {
        timeout: 60_000,
        interval: 500,
      });
      const later = httpShopper(() => a.origin);
      await vi.waitFor(async () => expect(await later.reserve(productId, 3)).toBe("granted"), {
        timeout: 60_000,
        interval: 500,
      });
      expect(await shop.stock.isRefunded(checkoutIdOf(page) ?? "")).toBe(false);
    },
  );
});
