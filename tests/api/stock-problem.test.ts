import { expect, it } from "vitest";
import { stockProblem } from "~/api/stock-problem.server";
import type { StockRefusal } from "~/checkout/adjust-stock.server";

const refusedBy = (by: "row" | "setup"): StockRefusal => ({ outcome: "refused", by, code: "X", message: "what to do" });

it.each<[StockRefusal, status: number, code: string, retryAfter?: string]>([
  [{ outcome: "unknown_product" }, 404, "unknown_product"],
  [{ outcome: "not_a_number" }, 422, "invalid_request"],
  [{ outcome: "below_zero", inventory: 3 }, 422, "limit_exceeded"],
  [{ outcome: "row_busy" }, 503, "unavailable", "1"],
  [refusedBy("row"), 409, "row_refused"],
  [refusedBy("setup"), 503, "unavailable", "30"],
])("a refused stock edit is an error with its own status: %j", (refusal, status, code, retryAfter) => {
  const problem = stockProblem("mug", refusal);
  expect(problem).toMatchObject({ status, code });
  expect(problem.headers["Retry-After"]).toBe(retryAfter);
});

it("the database's message is passed on to the operator", () => {
  expect(stockProblem("mug", refusedBy("row")).message).toBe("what to do");
});
