import { describe, expect, it } from "vitest";
import { checkTimeLimits, TIME_LIMITS } from "~/checkout/leases/time-limits.server";

describe("time limits of requests sent under a lease", () => {
  it("are valid by default", () => {
    expect(() => checkTimeLimits(TIME_LIMITS)).not.toThrow();
  });

  it.each([
    ["a swap", { databaseMs: 5_500 }],
    ["a write of marks", { markMs: 4_800 }],
    ["a write of marks", { markTriesMs: 1_500 }],
    ["a write of marks", { renewalMs: 1_300 }],
    ["a write of marks", { leaseMs: 5_200 }],
  ])("are invalid if %s may outlive the lease: %o", (request, changed) => {
    expect(() => checkTimeLimits({ ...TIME_LIMITS, ...changed })).toThrow(`Invalid time limits: ${request}`);
  });
});
