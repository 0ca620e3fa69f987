import { expect, it } from "vitest";
import { restartAfter } from "./rebuild-many";

it("a restart with 600 orders in the window is closed for as long as a few pages take", async () => {
  const { closedMs, requests, isHeld } = await restartAfter(600);
  expect(isHeld).toBe(true);
  expect(closedMs).toBeLessThan(2_000);
  expect(requests).toBeLessThan(16);
});
