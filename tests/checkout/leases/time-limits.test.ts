import { describe, expect, it } from "vitest";
import { checkTimeLimits, TIME_LIMITS } from "~/checkout/leases/time-limits.server";

describe("the time limits of what is sent under a lease", () => {
  it("fit as they are", () => {
    expect(() => checkTimeLimits(TIME_LIMITS)).not.toThrow();
  });

  it.each([
    ["a swap", { databaseMs: 5_500 }],
    ["a write of marks", { markMs: 4_800 }],
    ["a write of marks", { markTriesMs: 1_500 }],
    ["a write of marks", { renewalMs: 1_300 }],
    ["a write of marks", { leaseMs: 5_200 }],
  ])("do not fit where %s may outlive the lease: %o", (what, changed) => {
    expect(() => checkTimeLimits({ ...TIME_LIMITS, ...changed })).toThrow(`The time limits do not fit: ${what}`);
  });
});
