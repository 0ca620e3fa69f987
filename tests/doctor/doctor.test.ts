import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startStandIns, type StandIns } from "../api/stand-ins";
import { freePort, startStore, type StoreProcess } from "../api/store-process";
import { runDoctor } from "./doctor-command";

const ADMIN_TOKEN = "doctor-asks-with-this";

let standIns: StandIns;
let store: StoreProcess;
let port: number;
beforeAll(async () => {
  port = await freePort();
  standIns = await startStandIns(port);
  store = await startStore({ ...standIns.env, ADMIN_TOKEN }, { port });
}, 300_000);
afterAll(async () => {
  await store.stop();
  await standIns.close();
});

describe("npm run doctor beside a running shop", { timeout: 120_000 }, () => {
  it("passes, having asked the shop which webhooks arrived", async () => {
    const { output, status } = await runDoctor(standIns, { ADMIN_TOKEN, PORT: String(port) });

    expect(output).toContain(`ok     Webhook received and verified by the shop at http://127.0.0.1:${port}.`);
    expect(output).toMatch(
      /note {3}Not set, see "Make it yours" in the README: SHOP_NAME \(the shop is called 127\.0\.0\.1:\d+\)/,
    );
    expect(output).toMatch(/note {3}Turn on receipts in Stripe/);
    expect(output).toContain("All checks passed.");
    expect(status).toBe(0);
  });

  it("fails when the running shop has other settings, and then asks for no payment", async () => {
    const { output, status } = await runDoctor(standIns, {
      ADMIN_TOKEN,
      PORT: String(port),
      CURRENCY: "eur",
      SESSION_SECRET: "t".repeat(32),
    });

    expect(output).toMatch(
      /FAILED The running shop has other settings than doctor: the shop at .* has a different CURRENCY\./,
    );
    expect(output).toContain("Not tested: a payment and its refund");
    expect(output).not.toContain("To continue, pay");
    expect(status).toBe(1);
  });

  it("fails when the shop has another webhook secret than Stripe", async () => {
    await store.stop();
    store = await startStore({ ...standIns.env, ADMIN_TOKEN, STRIPE_WEBHOOK_SECRET: "whsec_old" }, { port });
    const { output, status } = await runDoctor(standIns, { ADMIN_TOKEN, PORT: String(port) });

    expect(output).toMatch(/FAILED Webhooks arrive at the shop .* STRIPE_WEBHOOK_SECRET does not verify/);
    expect(output).not.toContain("All checks passed.");
    expect(status).toBe(1);
  });
});
