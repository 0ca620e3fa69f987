/** What Playwright's JSON report says, in the terms of `tests/run.ts`. */
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";

const message = z.object({ message: z.string().default("") });

const test = z.object({
  projectName: z.string(),
  /** `flaky`: failed, then passed when it was repeated. */
  status: z.enum(["expected", "unexpected", "flaky", "skipped"]),
  results: z.array(z.object({ errors: z.array(message) })),
});

const suite = z.object({
  title: z.string(),
  specs: z.array(z.object({ title: z.string(), file: z.string(), line: z.number(), tests: z.array(test) })),
  get suites(): z.ZodOptional<z.ZodArray<typeof suite>> {
    return z.array(suite).optional();
  },
});

const playwrightReport = z.object({
  suites: z.array(suite),
  /** Of no test, such as a store that does not start. */
  errors: z.array(message),
});

interface Outcome {
  readonly status: z.output<typeof test>["status"];
  /** Where the test is, its name, and the first error of its first try. */
  readonly description: string;
}

/** Lines of one error that are kept: what was expected of which locator. The rest is in the log above. */
const ERROR_LINES = 6;

/** `reasons`: one for each failed test, and for each error outside tests. `flaky`: one for each test that passed at the second try. */
export function tallyOfPlaywright(report: unknown): {
  readonly passed: number;
  readonly failed: number;
  readonly reasons: readonly string[];
  readonly flaky: readonly string[];
} {
  const { suites, errors } = playwrightReport.parse(report);
  const outcomes = suites.flatMap((whole) => outcomesIn(whole));
  const described = (status: Outcome["status"]) =>
    outcomes.filter((outcome) => outcome.status === status).map(({ description }) => description);
  const [failed, flaky] = [described("unexpected"), described("flaky")];
  return {
    passed: described("expected").length + flaky.length,
    failed: failed.length,
    reasons: [...failed, ...errors.map((error) => `e2e: ${shortened(error.message)}`)],
    flaky,
  };
}

/** The outermost suite is the file, whose name each of its specs has, too. */
function outcomesIn({ specs, suites = [] }: z.output<typeof suite>, titles: readonly string[] = []): Outcome[] {
  const own = specs.flatMap(({ title, file, line, tests }) =>
    tests.map(({ projectName, status, results }) => {
      const name = [...titles, title].join(" › ");
      const error = shortened(results.flatMap(({ errors }) => errors)[0]?.message ?? "");
      return { status, description: `e2e/${file}:${line} [${projectName}] ${name}${error && `\n${error}`}` };
    }),
  );
  return [...own, ...suites.flatMap((inner) => outcomesIn(inner, [...titles, inner.title]))];
}

function shortened(text: string): string {
  const lines = stripVTControlCharacters(text).split("\n");
  return lines
    .filter((line) => line.trim() !== "")
    .slice(0, ERROR_LINES)
    .join("\n");
}
