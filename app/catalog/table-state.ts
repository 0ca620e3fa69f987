import type { SwapOutcome } from "./catalog";

/** Why nothing can be sold from the table, and what to do about it. */
export interface TableClosure {
  /** Code from PostgreSQL or PostgREST, or one of our own. */
  readonly code: string;
  readonly message: string;
}

/** A single refusal may be an API deployment; two in a row mean that the table accepts no updates. */
const REFUSALS_TO_CLOSE = 2;
/** One is enough for what only a person changes: a view without updates (0A000, 55000), a generated column. */
const LASTING = /^(0A000|55000|428C9)$/;

export const READS_FROM_REPLICA: TableClosure = {
  code: "reads_from_replica",
  message:
    "Reads do not show what was just written: SUPABASE_URL points to read replicas, and stale stock would be sold twice. Use the primary's own address (https://<project>.supabase.co).",
};

/**
 * Whether the table accepts updates, from what this process has seen. Two `setup` refusals in a row close it (one, if only a person can end
 * its cause), and so do an impossible mapping and a refused check; the next successful update opens it. Reads from a replica close it at
 * once, and only a check that finds none opens it again. Unknown outcomes (a timeout, an outage) change nothing.
 */
export function createTableState(log: { warn(fields: Record<string, unknown>, message: string): void } | undefined) {
  let refusals = 0;
  let refusedBy: TableClosure | null = null;
  let isBehind = false;
  let mapping: TableClosure | null = null;

  const closedBy = (): TableClosure | null =>
    isBehind ? READS_FROM_REPLICA : (mapping ?? (refusals >= REFUSALS_TO_CLOSE ? refusedBy : null));

  function change(apply: () => void): void {
    const before = closedBy();
    apply();
    const after = closedBy();
    if (after !== null && before?.code !== after.code)
      log?.warn({ code: after.code }, `selling stopped: ${after.message}`);
    if (after === null && before !== null) log?.warn({}, "selling resumed: the table accepts updates");
  }

  return {
    closedBy,
    noteSwap(outcome: SwapOutcome): void {
      change(() => {
        if (outcome.outcome === "swapped") refusals = 0;
        if (outcome.outcome !== "refused" || outcome.by !== "setup") return;
        refusals += LASTING.test(outcome.code) ? REFUSALS_TO_CLOSE : 1;
        refusedBy = { code: outcome.code, message: outcome.message };
      });
    },
    /** The check's update, which changes no number, was refused for a reason that is not this row's own. */
    noteRefusedCheck(closure: TableClosure): void {
      change(() => {
        refusals = REFUSALS_TO_CLOSE;
        refusedBy = closure;
      });
    },
    /** Why the mapping of columns is impossible; null: it is not. */
    noteMapping(message: string | null): void {
      change(() => (mapping = message === null ? null : { code: "mapping", message }));
    },
    noteReads(areBehind: boolean): void {
      change(() => (isBehind = areBehind));
    },
  };
}

export type TableState = ReturnType<typeof createTableState>;
