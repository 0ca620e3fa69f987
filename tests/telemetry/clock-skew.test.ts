import { describe, expect, it } from "vitest";
import { createClockSkew } from "~/telemetry/clock-skew.server";

const STRIPE = Date.parse("2026-06-01T12:00:00Z");

/** A server whose clock is `skew` ms ahead of Stripe's; each round trip takes `tripMs`. */
function createServer(skew: number) {
  const time = { ms: 0, skew };
  const logged: string[] = [];
  const clock = { now: () => time.ms, wall: () => STRIPE + time.ms + time.skew };
  const measured = createClockSkew({
    clock,
    log: { info: (line) => logged.push(`info: ${line}`), warn: (line) => logged.push(`warn: ${line}`) },
  });
  async function ask({ tripMs = 200, date = true }: { tripMs?: number; date?: boolean | string } = {}): Promise<void> {
    const fetch = measured.watch(async () => {
      time.ms += tripMs / 2;
      const answeredAt = STRIPE + time.ms;
      time.ms += tripMs / 2;
      const header = date === true ? new Date(answeredAt).toUTCString() : date;
      return new Response("{}", header === false ? {} : { headers: { Date: header } });
    });
    await fetch("https://api.stripe.com/v1/refunds");
    time.ms += 1_000;
  }
  return { measured, logged, time, ask };
}

describe("the skew against Stripe's clock", () => {
  it.each([
    [0, 0],
    [29_000, 0],
    [-29_000, 0],
    [31_000, 1],
    [-60_000, 1],
  ])("of %d ms causes %d warnings", async (skew, warnings) => {
    const { measured, ask } = createServer(skew);
    await ask();
    expect(Math.abs((measured.read() ?? NaN) - skew)).toBeLessThanOrEqual(500);
    expect(measured.warnings()).toHaveLength(warnings);
  });

  it("is measured at half the round trip, so that a slow response does not look like a wrong clock", async () => {
    const { measured, ask } = createServer(25_000);
    await ask({ tripMs: 12_000 });
    expect(measured.read()).toBeGreaterThan(24_000);
    expect(measured.read()).toBeLessThan(26_000);
  });

  it("reports its direction and its consequence", async () => {
    const behind = createServer(-60_000);
    const ahead = createServer(7_200_000);
    await behind.ask();
    await ahead.ask();
    expect(behind.measured.warnings()[0]).toMatch(/6[01] s behind Stripe's/);
    expect(ahead.measured.warnings()[0]).toMatch(/7[12]\d\d s ahead of Stripe's/);
  });

  it("is logged once per change, and once when it is over", async () => {
    const { logged, time, ask } = createServer(-60_000);
    for (let i = 0; i < 5; i += 1) await ask();
    time.skew = 0;
    for (let i = 0; i < 5; i += 1) await ask();
    expect(logged).toEqual([
      expect.stringMatching(/^warn: .*behind/),
      "info: this server's clock agrees with Stripe's again",
    ]);
  });

  it("ignores a single outlier", async () => {
    const { measured, logged, time, ask } = createServer(0);
    for (let i = 0; i < 3; i += 1) await ask();
    time.skew = 90_000;
    await ask();
    expect(measured.warnings()).toEqual([]);
    expect(logged).toEqual([]);
  });

  it("is unknown, without a warning, if responses have no valid date", async () => {
    const { measured, ask } = createServer(90_000);
    await ask({ date: false });
    await ask({ date: "yesterday" });
    expect(measured.read()).toBeNull();
    expect(measured.warnings()).toEqual([]);
  });
});
