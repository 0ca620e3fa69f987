import type { SwapOutcome } from "./catalog";

/** Why nothing can be sold from the table now, and what to do about it. */
export interface TableClosure {
  /** PostgreSQL's, PostgREST's or our own code. */
  readonly code: string;
  readonly message: string;
}

/** One refusal may be a deploy of the API; two in a row are a set-up that takes no updates. */
const REFUSALS_TO_CLOSE = 2;

export const READS_FROM_REPLICA: TableClosure = {
  code: "reads_from_replica",
  message:
    "Reads do not show what was just written: SUPABASE_URL leads to read replicas, and stock that is behind is sold twice. Use the primary's own address (https://<project>.supabase.co).",
};

/**
 * Whether the table takes updates, by this process's own experience. Closes after two refusals in a row that are the set-up's and opens
 * with the next update that is made. Reads from a replica close at once, and only a check that finds them gone opens again. What is
 * unknown (no answer in time, an outage) changes nothing.
 */
export function createTableState(log: { warn(fields: Record<string, unknown>, message: string): void } | undefined) {
  let refusals = 0;
  let refusedBy: TableClosure | null = null;
  let isBehind = false;

  const closedBy = (): TableClosure | null =>
    isBehind ? READS_FROM_REPLICA : refusals >= REFUSALS_TO_CLOSE ? refusedBy : null;

  function change(apply: () => void): void {
    const before = closedBy();
    apply();
    const after = closedBy();
    if (after !== null && before?.code !== after.code)
      log?.warn({ code: after.code }, `selling is closed: ${after.message}`);
    if (after === null && before !== null) log?.warn({}, "selling is open again: the table takes updates");
  }

  return {
    closedBy,
    noteSwap(outcome: SwapOutcome): void {
      change(() => {
        if (outcome.outcome === "swapped") refusals = 0;
        if (outcome.outcome !== "refused" || outcome.by !== "setup") return;
        refusals += 1;
        refusedBy = { code: outcome.code, message: outcome.message };
      });
    },
    noteReads(areBehind: boolean): void {
      change(() => (isBehind = areBehind));
    },
  };
}

export type TableState = ReturnType<typeof createTableState>;
