import { data } from "@remix-run/node";
import { container } from "~/boot/container.server";
import type { ProblemCode } from "~/http/problem-codes";
import { asProblem } from "~/http/problem.server";

/** What an error page knows; it arrives there as the data of the route error response. */
interface PageProblem {
  readonly code: ProblemCode;
  /** For a person. */
  readonly message: string;
}

/**
 * Runs a page's loader or action. An expected failure is thrown on as the error page with its status, so that a shopper
 * reads words where a program reads JSON; anything else stays a 500.
 */
export async function inWords<Answer>(work: () => Promise<Answer>): Promise<Answer> {
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

/** As `inWords`, for scripts that stay on their page: an expected failure is data with its status, and no error page takes the page's place. */
export async function refusedInWords<Answer>(work: () => Promise<Answer>) {
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
