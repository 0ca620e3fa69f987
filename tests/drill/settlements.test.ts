import { describe, expect, it } from "vitest";
import { watchSettlements } from "./settlements";

const mark = (checkoutId: string) =>
  new Request(`http://stripe.test/v1/checkout/sessions/${checkoutId}`, { method: "POST" });
const line = (state: string) =>
  new URLSearchParams({ "metadata[holdfast_line_0]": JSON.stringify({ product: "mug", mark: state }) }).toString();

describe("which server is settling a sale", () => {
  it("the one that announced it, until any server says that it is done", async () => {
    const settlements = watchSettlements();
    const next = settlements.next(10_000);
    settlements.saw(2, mark("cs_1"), line("intent"));
    settlements.saw(1, mark("cs_2"), line("done"));

    expect(await next).toBe(2);
    expect([1, 2].map((server) => settlements.under(server))).toEqual([0, 1]);
    settlements.saw(1, mark("cs_1"), line("done"));
    expect(settlements.under(2)).toBe(0);
  });

  it("none, where only pages are made and closed", async () => {
    const settlements = watchSettlements();
    const next = settlements.next(0);
    settlements.saw(0, new Request("http://stripe.test/v1/checkout/sessions", { method: "POST" }), line("claimed"));
    settlements.saw(0, mark("cs_1/expire"), "");
    settlements.saw(0, mark("cs_1"), "payment_intent_data[description]=x");

    expect(settlements.under(0)).toBe(0);
    expect(await next).toBeNull();
  });

  it("not the one that died", () => {
    const settlements = watchSettlements();
    settlements.saw(0, mark("cs_1"), line("intent"));
    settlements.forget(0);

    expect(settlements.under(0)).toBe(0);
  });
});
