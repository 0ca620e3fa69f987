import { describe, expect, it } from "vitest";
import { watchSettlements } from "./settlements";

const mark = (checkoutId: string) =>
  new Request(`http://stripe.test/v1/checkout/sessions/${checkoutId}`, { method: "POST" });
const line = (state: string) =>
  new URLSearchParams({ "metadata[holdfast_line_0]": JSON.stringify({ product: "mug", mark: state }) }).toString();

describe("the server that is settling a sale", () => {
  it("is the one that announced it, until any server marks it done", async () => {
    const settlements = watchSettlements();
    const next = settlements.next(10_000);
    settlements.observe(2, mark("cs_1"), line("intent"));
    settlements.observe(1, mark("cs_2"), line("done"));

    expect(await next).toBe(2);
    expect([1, 2].map((server) => settlements.countOf(server))).toEqual([0, 1]);
    settlements.observe(1, mark("cs_1"), line("done"));
    expect(settlements.countOf(2)).toBe(0);
  });

  it("is none while payment pages are only opened and closed", async () => {
    const settlements = watchSettlements();
    const next = settlements.next(0);
    settlements.observe(0, new Request("http://stripe.test/v1/checkout/sessions", { method: "POST" }), line("claimed"));
    settlements.observe(0, mark("cs_1/expire"), "");
    settlements.observe(0, mark("cs_1"), "payment_intent_data[description]=x");

    expect(settlements.countOf(0)).toBe(0);
    expect(await next).toBeNull();
  });

  it("is no longer a server that died", () => {
    const settlements = watchSettlements();
    settlements.observe(0, mark("cs_1"), line("intent"));
    settlements.forget(0);

    expect(settlements.countOf(0)).toBe(0);
  });
});
