import { expect, it } from "vitest";
import { tallyOfPlaywright } from "./playwright-report";

const NOT_FOUND = {
  message:
    "\u001b[31mError: expect(locator).toBeVisible() failed\u001b[39m\n\nLocator: getByText('Your cart is empty')",
};

function spec(title: string, status: string, errors: readonly (readonly object[])[]) {
  const results = errors.map((ofTry) => ({ errors: ofTry, retry: 0 }));
  return { title, file: "cart.spec.ts", line: 7, tests: [{ projectName: "with-javascript", status, results }] };
}

function report(specs: readonly object[], errors: readonly object[] = []) {
  const nested = { title: "the panel", file: "cart.spec.ts", specs };
  return { suites: [{ title: "cart.spec.ts", specs: [], suites: [nested] }], errors, stats: {} };
}

it("a failed test counts once, by its name and its first error, however often it was tried", () => {
  const failed = spec("empties", "unexpected", [[NOT_FOUND], [NOT_FOUND]]);
  expect(tallyOfPlaywright(report([failed, spec("opens", "expected", [[]])]))).toEqual({
    passed: 1,
    failed: 1,
    reasons: [
      "e2e/cart.spec.ts:7 [with-javascript] the panel › empties\nError: expect(locator).toBeVisible() failed\nLocator: getByText('Your cart is empty')",
    ],
    flaky: [],
  });
});

it("a test that passed at the second try counts as passed, and is named with what went wrong at the first", () => {
  const tally = tallyOfPlaywright(report([spec("empties", "flaky", [[NOT_FOUND], []])]));
  expect(tally).toMatchObject({ passed: 1, failed: 0, reasons: [] });
  expect(tally.flaky).toEqual([expect.stringMatching(/the panel › empties\nError: expect\(locator\)/)]);
});

it("a skipped test counts as neither, and an error outside tests is a reason", () => {
  const tally = tallyOfPlaywright(report([spec("waits", "skipped", [])], [{ message: "the store did not start" }]));
  expect(tally).toEqual({ passed: 0, failed: 0, reasons: ["e2e: the store did not start"], flaky: [] });
});
