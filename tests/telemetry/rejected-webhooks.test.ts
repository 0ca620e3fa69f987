import { expect, it } from "vitest";
import { createRejectedWebhooks } from "~/telemetry/rejected-webhooks";

it("rejected webhooks are logged with the reason, each reason once a minute", () => {
  let now = 0;
  const logged: [number, object][] = [];
  const log = createRejectedWebhooks({ now: () => now, log: { warn: (facts) => logged.push([now, facts]) } });
  for (; now <= 60_000; now += 1_000) {
    log("wrong_secret");
    if (now === 5_000) log("unsigned");
  }
  expect(logged).toEqual([
    [0, { reason: "wrong_secret" }],
    [5_000, { reason: "unsigned" }],
    [60_000, { reason: "wrong_secret" }],
  ]);
});
