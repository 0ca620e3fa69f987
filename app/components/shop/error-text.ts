import { PROBLEM_CODES, type PageProblem } from "~/http/problem-codes";
import { t } from "~/words/words";
import { waitText } from "./duration-text";

export interface ErrorText {
  readonly title: string;
  readonly text: string;
}

/** Stands in for the HTTP status while the browser is offline and gets no response. */
export const OFFLINE = 0;

/** Text of an error page. `problem`: what the server said besides the HTTP status, if anything. */
export function errorText(status: number, problem: PageProblem | null): ErrorText {
  if (problem?.code === "unknown_product")
    return { title: t("error.unknownProduct.title"), text: t("error.unknownProduct.text") };
  if (problem?.code === "rate_limited") return { title: t("error.rateLimited.title"), text: rateLimitText(problem) };
  if (problem?.code === "selling_paused")
    return { title: t("error.rateLimited.title"), text: t("failure.sellingPaused") };
  if (problem?.code === "cross_origin") return { title: t("error.refused.title"), text: t("error.crossOrigin.text") };
  return statusText(status);
}

function statusText(status: number): ErrorText {
  switch (status) {
    case OFFLINE:
      return { title: t("error.offline.title"), text: t("error.offline.text") };
    case 404:
      return { title: t("error.notFound.title"), text: t("error.notFound.text") };
    case 405:
      return { title: t("error.notPossible.title"), text: t("error.notPossible.text") };
    case 500:
      return { title: t("error.internal.title"), text: t("error.internal.text") };
    case 503:
      return { title: t("error.unavailable.title"), text: t("error.unavailable.text") };
    default:
      return { title: t("error.refused.title"), text: t("error.refused.text") };
  }
}

function rateLimitText({ retryAfterSeconds }: PageProblem): string {
  return t("failure.rateLimited", { duration: waitText(retryAfterSeconds ?? 1) });
}

/** The problem in the data of an error response. Null if the response is not ours. */
export function pageProblem(data: unknown): PageProblem | null {
  const isOurs =
    typeof data === "object" &&
    data !== null &&
    "code" in data &&
    "retryAfterSeconds" in data &&
    PROBLEM_CODES.some((code) => code === data.code);
  return isOurs ? (data as PageProblem) : null;
}
