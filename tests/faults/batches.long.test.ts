import { expect, it } from "vitest";
import { atEachCall, CALLS_OF_A_BATCH, findError } from "./batch-story";

const FAULTS = ["kill before", "kill after", "refuse", "cut", 429, 500, 503, "lie", "lie after"] as const;
const ORDERS = ["first", "last"] as const;

it.each(FAULTS.flatMap((fault) => ORDERS.map((order) => [fault, order] as const)))(
  "%s at each external call of a batch, then retries from the %s checkout on: the stock is exact",
  { timeout: 60_000 },
  async (fault, order) => {
    const { calls, wrong } = await atEachCall(
      { fault, order, reboot: fault === "kill before" || fault === "kill after" },
      (story) => findError(story),
    );

    expect(wrong).toBeNull();
    expect(calls).toBeGreaterThanOrEqual(CALLS_OF_A_BATCH);
  },
);
