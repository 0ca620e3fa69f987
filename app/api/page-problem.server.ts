import { data } from "@remix-run/node";
import { container } from "~/boot/container.server";
import type { PageProblem } from "~/http/problem-codes";
import { asProblem, type Problem } from "~/http/problem.server";

/**
 * Runs a page's loader or action. An expected failure becomes the error page with its status, as it becomes JSON in the API;
 * anything else stays a 500.
 */
export async function withErrorPage<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const problem = asProblem(error);
    if (problem === null) throw error;
    if (problem.status === 503) container.log.error({ err: error }, "page unavailable");
    throw data(onPage(problem), problem);
  }
}

/** As `withErrorPage`, for scripts that stay on their page: an expected failure becomes data with its status, not an error page. */
export async function withRefusal<Result>(work: () => Promise<Result>) {
  try {
    return await work();
  } catch (error) {
    const problem = asProblem(error);
    if (problem === null) throw error;
    if (problem.status === 503) container.log.error({ err: error }, "cart panel unavailable");
    return data({ outcome: "refused" as const, refusal: onPage(problem) }, problem);
  }
}

/** Without the message, which is for the API's clients: pages have their own words. */
function onPage({ code, headers }: Problem): PageProblem {
  const wait = headers["Retry-After"];
  return { code, retryAfterSeconds: wait === undefined ? null : Number(wait) };
}
