import { describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import type { OperatorDesk } from "~/operator/operator-desk";
import { logQuery, readCommand } from "~/operator/operator-forms.server";
import { createSentForms, runCommand } from "~/operator/run-command.server";

const restock = { intent: "restock" as const, product_id: "mug", delta: 5, once: "a" };

/** A desk of which only restocking is asked. */
function deskWith(answer: OperatorDesk["restock"]): { desk: OperatorDesk; moves: number[] } {
  const moves: number[] = [];
  const desk: Pick<OperatorDesk, "restock"> = {
    async restock(request) {
      moves.push(request.delta);
      return answer(request);
    },
  };
  return { desk: desk as OperatorDesk, moves };
}

describe("a form of the page", () => {
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
    "asks the desk for this and nothing else: %j",
    async (form, verb, request) => {
      const asked: unknown[] = [];
      const desk = new Proxy(
        {},
        { get: (_, name) => async (given: unknown) => ({ outcome: "moved", asked: asked.push([name, given]) }) },
      ) as OperatorDesk;
      const read = readCommand(form);
      if (read.outcome !== "read") throw new Error(read.message);
      await runCommand(desk, read.command, createSentForms());
      expect(asked).toEqual([[verb, request]]);
    },
  );
});

describe("a form that adds units", () => {
  it("is done once, however often it is sent", async () => {
    const { desk, moves } = deskWith(async ({ delta }) => ({ outcome: "moved", before: 1, after: 1 + delta }));
    const sent = createSentForms();
    const answers = await Promise.all([1, 2, 3].map(() => runCommand(desk, restock, sent)));
    expect(moves).toEqual([5]);
    expect(answers.map(({ intent }) => intent).sort()).toEqual(["restock", "sent_twice", "sent_twice"]);
  });

  it("is done again when it is a new form, or says something else", async () => {
    const { desk, moves } = deskWith(async ({ delta }) => ({ outcome: "moved", before: 1, after: 1 + delta }));
    const sent = createSentForms();
    for (const command of [
      restock,
      { ...restock, once: "b" },
      { ...restock, delta: 6 },
      { ...restock, product_id: "bowl" },
    ])
      await runCommand(desk, command, sent);
    expect(moves).toEqual([5, 5, 6, 5]);
  });

  it("may be sent again after it was refused", async () => {
    const { desk, moves } = deskWith(async () => ({ outcome: "row_busy" }));
    const sent = createSentForms();
    for (let attempt = 0; attempt < 2; attempt += 1)
      expect(await runCommand(desk, restock, sent)).toEqual({
        intent: "stock_refused",
        productId: "mug",
        refusal: { outcome: "row_busy" },
      });
    expect(moves).toEqual([5, 5]);
  });

  it("may be sent again after it came to nothing", async () => {
    let isDown = true;
    const { desk, moves } = deskWith(async () => {
      if (isDown) throw new Error("down");
      return { outcome: "moved", before: 1, after: 6 };
    });
    const sent = createSentForms();
    await expect(runCommand(desk, restock, sent)).rejects.toThrow("down");
    isDown = false;
    expect(await runCommand(desk, restock, sent)).toMatchObject({ intent: "restock", result: { after: 6 } });
    expect(moves).toEqual([5, 5]);
  });

  it("is not done again when nobody knows what came of it, for its answer was lost", async () => {
    const { desk, moves } = deskWith(() => Promise.reject(new UnavailableError("the database does not answer")));
    const sent = createSentForms();
    await expect(runCommand(desk, restock, sent)).rejects.toThrow(UnavailableError);
    expect(await runCommand(desk, restock, sent)).toEqual({ intent: "sent_twice" });
    expect(moves).toEqual([5]);
  });

  it("is forgotten after a thousand others, so that the list of them stays small", () => {
    const sent = createSentForms();
    expect(sent.take("first")).toBe(true);
    for (let n = 0; n < 999; n += 1) sent.take(String(n));
    expect(sent.take("first")).toBe(false);
    sent.take("one more");
    expect(sent.take("first")).toBe(true);
  });
});

describe("an operator's form", () => {
  it.each([
    [{ intent: "restock", product_id: "mug", delta: "1.5", once: "a" }, "whole number"],
    [{ intent: "restock", product_id: "mug", delta: "0", once: "a" }, "Adding 0"],
    [{ intent: "restock", product_id: " ", delta: "1", once: "a" }, "Name a product"],
    [{ intent: "restock", product_id: "mug", delta: "1" }, ""],
    [{ intent: "set_stock", product_id: "mug", inventory: "-1", confirmed: "yes" }, "below 0"],
    [{ intent: "set_stock", product_id: "mug", inventory: "4" }, "Confirm"],
    [{ intent: "set_stock", product_id: "mug", inventory: "", confirmed: "yes" }, "number of units"],
    [{ intent: "end_unknown_page", checkout_id: "cs_a" }, "nobody paid"],
    [{ intent: "close_page", checkout_id: "nonsense" }, "begins with cs_"],
    [{ intent: "settle", checkout_id: "cs_a", product_id: "mug", verdict: "perhaps" }, ""],
    [{ intent: "sell_everything" }, "make sense"],
    [{}, "make sense"],
  ] as [Record<string, string>, string][])("that makes no sense is refused in words: %j", (form, words) => {
    const read = readCommand(form);
    expect(read.outcome === "not_understood" ? read.message : "understood").toContain(words);
    expect(read.outcome).toBe("not_understood");
  });

  it("is read with what people paste around an id, and with a sign before a number", () => {
    expect(readCommand({ intent: "inspect", checkout_id: " cs_test_a1 \n" })).toEqual({
      outcome: "read",
      command: { intent: "inspect", checkout_id: "cs_test_a1" },
    });
    expect(readCommand({ intent: "restock", product_id: "mug", delta: "-3", once: "a" })).toMatchObject({
      command: { delta: -3 },
    });
  });
});

describe("the address of the log", () => {
  it("opens with what makes sense of it", () => {
    expect(logQuery.parse({})).toEqual({ q: "" });
    expect(logQuery.parse({ q: "x".repeat(500), level: "loud", event: "" })).toEqual({ q: "" });
    expect(logQuery.parse({ q: " cs_a ", level: "warn", event: "e", other: "1" })).toEqual({
      q: "cs_a",
      level: "warn",
      event: "e",
    });
  });
});
