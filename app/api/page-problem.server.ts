import { data } from "@remix-run/node";
import { container } from "~/boot/container.server";
import type { ProblemCode } from "~/http/problem-codes";
import { asProblem } from "~/http/problem.server";

/** Data of an error page, passed as the data of the route error response. */
interface PageProblem {
  readonly code: ProblemCode;
  /** For people. */
  readonly message: string;
}

/**
 * Runs a page's loader or action. An expected failure becomes the error page with its status and message, as it becomes JSON in the API;
 * anything else stays a 500.
 */
export async function withErrorPage<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const problem = asProblem(error);
    if (problem === null) throw error;
    const { code, message, status, headers } = problem;
    if (status === 503) container.log.error({ err: error }, "page unavailable");
    throw data({ code, message } satisfies PageProblem, { status, headers });
  }
}

/** As `withErrorPage`, for scripts that stay on their page: an expected failure becomes data with its status, not an error page. */
export async function withRefusal<Result>(work: () => Promise<Result>) {
  try {
    return await work();
  } catch (error) {
    const problem = asProblem(error);
    if (problem === null) throw error;
    const { message, status, headers } = problem;
    if (status === 503) container.log.error({ err: error }, "cart panel unavailable");
    return data({ outcome: "refused" as const, message }, { status, headers });
  }
}
