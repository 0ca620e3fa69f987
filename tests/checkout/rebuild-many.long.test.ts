import { expect, it } from "vitest";
import { restartAfter } from "./rebuild-many";

it("a restart with 10,000 orders in the window blocks changes for less than 5 s", { timeout: 600_000 }, async () => {
  const { closedMs, requests, isHeld } = await restartAfter(10_000);
  console.info(`closed for ${closedMs} ms, ${requests} requests`);
  expect(isHeld).toBe(true);
  expect(closedMs).toBeLessThan(5_000);
});
