import type { PanelResult } from "~/cart/panel-result";

let count = 0;

/** Counts the results of changes in place that changed nothing. Returns the result. */
export function countIfRefused<Result extends Pick<PanelResult, "outcome">>(result: Result): Result {
  if (result.outcome === "failed" || result.outcome === "refused") count += 1;
  return result;
}

/** Number of refused changes since the document was loaded. */
export function refusedChanges(): number {
  return count;
}
