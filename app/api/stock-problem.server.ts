import type { StockRefusal } from "~/checkout/adjust-stock.server";
import { Problem } from "~/http/problem.server";

const ROW_BUSY_RETRY_SECONDS = 1;
/** A key, a read-only database or a schema has to be repaired first. */
const SETUP_RETRY_SECONDS = 30;

/** A stock edit that changed nothing, as an error response. */
export function stockProblem(productId: string, refusal: StockRefusal): Problem {
  const fields = [{ field: "product_id", message: productId }];
  switch (refusal.outcome) {
    case "unknown_product":
      return new Problem(404, "unknown_product", "There is no such product.", { fields });
    case "not_a_number":
      return new Problem(422, "invalid_request", "This row's inventory isn't a whole number. Fix it in the table.", {
        fields,
      });
    case "below_zero":
      return new Problem(422, "limit_exceeded", `The stock is ${refusal.inventory}; it cannot go below 0.`, {
        fields: [{ field: "delta", message: "too low" }],
      });
    case "row_busy":
      return unavailable("This row is changing too often right now. Try again.", ROW_BUSY_RETRY_SECONDS);
    case "refused":
      return refusal.by === "row"
        ? new Problem(409, "row_refused", refusal.message)
        : unavailable(refusal.message, SETUP_RETRY_SECONDS);
    default:
      return refusal satisfies never;
  }
}

function unavailable(message: string, retryAfterSeconds: number): Problem {
  return new Problem(503, "unavailable", message, { headers: { "Retry-After": String(retryAfterSeconds) } });
}
