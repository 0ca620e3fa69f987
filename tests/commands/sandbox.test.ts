import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { read, reserved } from "../api/contract-shapes";
import { ADMIN_TOKEN, Operator, productId } from "../api/demo-shop";
import { Caller, pay } from "../api/http-client";
import { freePort, startCommand, startStore, type StoreProcess } from "../api/store-process";

describe("npm run sandbox", () => {
  let sandbox: Awaited<ReturnType<typeof startCommand>>;
  let store: StoreProcess;

  beforeAll(async () => {
    const port = await freePort();
    const webhooks = `http://127.0.0.1:${port}/api/webhooks/stripe`;
    sandbox = await startCommand(
      "app/commands/sandbox.ts",
      { SANDBOX_SUPABASE_PORT: "0", SANDBOX_STRIPE_PORT: "0", SANDBOX_WEBHOOK_URLS: webhooks, SHOP_LOCALE: "fr" },
      /^ready$/m,
    );
    const printedVariables = Object.fromEntries(
      [...sandbox.output().matchAll(/(SUPABASE_\w+|STRIPE_\w+)=(\S+)/g)].map(
        ([, name = "", value = ""]) => [name, value] as const,
      ),
    );
    store = await startStore(
      { ...printedVariables, PUBLIC_URL: `http://127.0.0.1:${port}`, SESSION_SECRET: "s".repeat(32), ADMIN_TOKEN },
      { port },
    );
  }, 300_000);

  afterAll(async () => {
    await store?.stop();
    await sandbox?.stop();
  });

  it("serves a store configured only with what it prints: a unit is held, paid for and deducted", async () => {
    const jug = productId("Cormorant Jug");
    const buyer = new Caller(store.url);
    read(await buyer.reserve(jug, 1), 200, reserved);
    await pay(await buyer.openPaymentPage());
    const operator = new Operator(store.url);
    await expect.poll(async () => operator.stock(jug), { timeout: 10_000 }).toMatchObject({ inventory: 4, held: 0 });
  });

  it("shows the payment page in the language of SHOP_LOCALE", async () => {
    const buyer = new Caller(store.url);
    read(await buyer.reserve(productId("Cormorant Jug"), 1), 200, reserved);
    const page = await (await fetch(await buyer.openPaymentPage())).text();
    expect(page).toContain('<html lang="fr"');
    expect(page).toContain("Cette page remplace la page de paiement de Stripe.");
  });

  it("exits with 0 on SIGTERM", async () => {
    expect(await sandbox.stop("SIGTERM")).toBe(0);
  });
});
