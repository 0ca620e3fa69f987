import { expect, it } from "vitest";
import { restartAfter } from "./rebuild-many";

it("a restart with 600 orders in the window blocks changes only as long as reading a few list pages takes", async () => {
  const { closedMs, requests, isHeld } = await restartAfter(600);
  expect(isHeld).toBe(true);
  expect(closedMs).toBeLessThan(2_000);
  expect(requests).toBeLessThan(16);
});
