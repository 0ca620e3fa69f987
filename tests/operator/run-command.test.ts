import { describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import type { OperatorDesk } from "~/operator/operator-desk";
import { logQuery, readCommand } from "~/operator/operator-forms.server";
import { createSubmittedForms, runCommand } from "~/operator/run-command.server";

const restock = { intent: "restock" as const, product_id: "mug", delta: 5, once: "a" };

/** A desk that can only restock, and records each amount. */
function deskWith(onRestock: OperatorDesk["restock"]): { desk: OperatorDesk; moves: number[] } {
  const moves: number[] = [];
  const desk: Pick<OperatorDesk, "restock"> = {
    async restock(request) {
      moves.push(request.delta);
      return onRestock(request);
    },
  };
  return { desk: desk as OperatorDesk, moves };
}

describe("a form on the operator's page", () => {
  it.each([
    [{ intent: "pause" }, "pause", undefined],
    [{ intent: "resume" }, "resume", undefined],
    [{ intent: "audit" }, "audit", undefined],
    [{ intent: "release_hold", session: "s1" }, "releaseHold", { sessionHash: "s1", productIds: "all" }],
    [
      { intent: "release_hold", session: "s1", product_id: "mug" },
      "releaseHold",
      { sessionHash: "s1", productIds: ["mug"] },
    ],
    [{ intent: "close_page", checkout_id: "cs_a" }, "closePaymentPage", "cs_a"],
    [{ intent: "end_unknown_page", checkout_id: "cs_a", confirmed: "yes" }, "endUnknownPage", "cs_a"],
    [
      { intent: "set_stock", product_id: "mug", inventory: "4", confirmed: "yes" },
      "setStock",
      { productId: "mug", inventory: 4 },
    ],
    [{ intent: "restock", product_id: "mug", delta: "+4", once: "a" }, "restock", { productId: "mug", delta: 4 }],
    [
      { intent: "settle", checkout_id: "cs_a", product_id: "mug", verdict: "not_applied" },
      "settle",
      { checkoutId: "cs_a", productId: "mug", verdict: "not_applied" },
    ],
    [{ intent: "inspect", checkout_id: "cs_a" }, "inspect", "cs_a"],
    [{ intent: "fulfil", checkout_id: "cs_a" }, "fulfil", "cs_a"],
  ] as [Record<string, string>, keyof OperatorDesk, unknown][])(
    "calls exactly one operation of the desk: %j",
    async (form, operation, request) => {
      const calls: unknown[] = [];
      const desk = new Proxy(
        {},
        { get: (_, name) => async (given: unknown) => ({ outcome: "moved", calls: calls.push([name, given]) }) },
      ) as OperatorDesk;
      const read = readCommand(form);
      if (read.outcome !== "read") throw new Error(read.message);
      await runCommand(desk, read.command, createSubmittedForms());
      expect(calls).toEqual([[operation, request]]);
    },
  );
});

describe("a form that adds stock", () => {
  it("takes effect once, however often it is submitted", async () => {
    const { desk, moves } = deskWith(async ({ delta }) => ({ outcome: "moved", before: 1, after: 1 + delta }));
    const forms = createSubmittedForms();
    const results = await Promise.all([1, 2, 3].map(() => runCommand(desk, restock, forms)));
    expect(moves).toEqual([5]);
    expect(results.map(({ intent }) => intent).sort()).toEqual(["restock", "sent_twice", "sent_twice"]);
  });

  it("takes effect again as a new form, or with different values", async () => {
    const { desk, moves } = deskWith(async ({ delta }) => ({ outcome: "moved", before: 1, after: 1 + delta }));
    const forms = createSubmittedForms();
    for (const command of [
      restock,
      { ...restock, once: "b" },
      { ...restock, delta: 6 },
      { ...restock, product_id: "bowl" },
    ])
      await runCommand(desk, command, forms);
    expect(moves).toEqual([5, 5, 6, 5]);
  });

  it("can be submitted again after it was refused", async () => {
    const { desk, moves } = deskWith(async () => ({ outcome: "row_busy" }));
    const forms = createSubmittedForms();
    for (let attempt = 0; attempt < 2; attempt += 1)
      expect(await runCommand(desk, restock, forms)).toEqual({
        intent: "stock_refused",
        productId: "mug",
        refusal: { outcome: "row_busy" },
      });
    expect(moves).toEqual([5, 5]);
  });

  it("can be submitted again after it had no effect", async () => {
    let isFailing = true;
    const { desk, moves } = deskWith(async () => {
      if (isFailing) throw new Error("down");
      return { outcome: "moved", before: 1, after: 6 };
    });
    const forms = createSubmittedForms();
    await expect(runCommand(desk, restock, forms)).rejects.toThrow("down");
    isFailing = false;
    expect(await runCommand(desk, restock, forms)).toMatchObject({ intent: "restock", result: { after: 6 } });
    expect(moves).toEqual([5, 5]);
  });

  it("does not take effect again after an unknown outcome", async () => {
    const { desk, moves } = deskWith(() => Promise.reject(new UnavailableError("the database does not answer")));
    const forms = createSubmittedForms();
    await expect(runCommand(desk, restock, forms)).rejects.toThrow(UnavailableError);
    expect(await runCommand(desk, restock, forms)).toEqual({ intent: "sent_twice" });
    expect(moves).toEqual([5]);
  });

  it("is forgotten after a thousand others, which bounds memory", () => {
    const forms = createSubmittedForms();
    expect(forms.add("first")).toBe(true);
    for (let n = 0; n < 999; n += 1) forms.add(String(n));
    expect(forms.add("first")).toBe(false);
    forms.add("one more");
    expect(forms.add("first")).toBe(true);
  });
});

describe("an operator's form", () => {
  it.each([
    [{ intent: "restock", product_id: "mug", delta: "1.5", once: "a" }, "whole number"],
    [{ intent: "restock", product_id: "mug", delta: "0", once: "a" }, "other than 0"],
    [{ intent: "restock", product_id: " ", delta: "1", once: "a" }, "product id"],
    [{ intent: "restock", product_id: "mug", delta: "1" }, ""],
    [{ intent: "set_stock", product_id: "mug", inventory: "-1", confirmed: "yes" }, "below 0"],
    [{ intent: "set_stock", product_id: "mug", inventory: "4" }, "Confirm"],
    [{ intent: "set_stock", product_id: "mug", inventory: "", confirmed: "yes" }, "number of items"],
    [{ intent: "end_unknown_page", checkout_id: "cs_a" }, "Stripe account"],
    [{ intent: "close_page", checkout_id: "nonsense" }, "starts with cs_"],
    [{ intent: "settle", checkout_id: "cs_a", product_id: "mug", verdict: "perhaps" }, ""],
    [{ intent: "sell_everything" }, "Unknown action"],
    [{}, "Unknown action"],
  ] as [Record<string, string>, string][])("that is invalid is refused with a message: %j", (form, message) => {
    const read = readCommand(form);
    expect(read.outcome === "invalid" ? read.message : "valid").toContain(message);
    expect(read.outcome).toBe("invalid");
  });

  it("accepts whitespace around an id and a sign before a number", () => {
    expect(readCommand({ intent: "inspect", checkout_id: " cs_test_a1 \n" })).toEqual({
      outcome: "read",
      command: { intent: "inspect", checkout_id: "cs_test_a1" },
    });
    expect(readCommand({ intent: "restock", product_id: "mug", delta: "-3", once: "a" })).toMatchObject({
      command: { delta: -3 },
    });
  });
});

describe("the log filter in the URL", () => {
  it("keeps valid values and ignores the rest", () => {
    expect(logQuery.parse({})).toEqual({ q: "" });
    expect(logQuery.parse({ q: "x".repeat(500), level: "loud", event: "" })).toEqual({ q: "" });
    expect(logQuery.parse({ q: " cs_a ", level: "warn", event: "e", other: "1" })).toEqual({
      q: "cs_a",
      level: "warn",
      event: "e",
    });
  });
});
