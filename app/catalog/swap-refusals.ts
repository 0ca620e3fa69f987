import type { SwapRefusal } from "./catalog";
import type { DatabaseError } from "./database-error";

/**
 * Meaning of an error response to an update. A request is one transaction, so an error from PostgREST itself proves that nothing was
 * applied; so does a gateway's 4xx, which replaces PostgREST's response. After any other error the update may have been applied.
 */
type Meaning =
  | { readonly by: SwapRefusal["by"]; readonly advice: string }
  /** `row` if the row can be read (a policy or a grant refuses the update), `setup` if it cannot. */
  | { readonly by: "row_if_readable"; readonly advice: string };

/** The first matching rule applies. PostgreSQL's codes are documented in its appendix A, `PGRST…` in PostgREST's "Errors". */
const BY_CODE: readonly (readonly [RegExp, Meaning])[] = [
  [/^23/, { by: "row", advice: "A constraint of the table rejects the new number: fix the row or the constraint." }],
  [/^44/, { by: "row", advice: "The view's check option rejects the new number: fix the row or the view." }],
  [
    /^(0A000|55000)$/,
    {
      by: "setup",
      advice:
        "PRODUCTS_TABLE is a view that cannot be updated: build it from one table with the inventory as a plain column, and everything else as subqueries.",
    },
  ],
  [
    /^428C9$/,
    {
      by: "setup",
      advice:
        "The inventory column is generated and cannot be written: map the column it is computed from, in PRODUCTS_COLUMNS.",
    },
  ],
  [/^22/, { by: "row", advice: "The inventory column cannot hold the new number: fix the row or the column's type." }],
  [/^(P0|PT|45)/, { by: "row", advice: "A trigger of the table rejects the change: check the table's triggers." }],
  [
    /^PGRST124$/,
    { by: "row", advice: "Several rows have this id, but an order may only take from one: make the id column unique." },
  ],
  [
    /^42501$/,
    {
      by: "row_if_readable",
      advice:
        "Row level security or a missing grant blocks the update: use the project's secret key and grant it UPDATE.",
    },
  ],
  [
    /^25006$/,
    {
      by: "setup",
      advice:
        "The database is read-only (Supabase does this when the disk is full): free or add disk space, then end read-only mode.",
    },
  ],
  [
    /^(42P01|PGRST106|PGRST125|PGRST205)$/,
    {
      by: "setup",
      advice:
        "The table is missing or not exposed: check PRODUCTS_TABLE, PRODUCTS_SCHEMA and the exposed schemas in Supabase.",
    },
  ],
  [
    /^(42703|PGRST204)$/,
    { by: "setup", advice: "A column is missing: check PRODUCTS_COLUMNS and reload Supabase's schema cache." },
  ],
  [
    /^PGRST3/,
    { by: "setup", advice: "The key is not accepted: set SUPABASE_SECRET_KEY to a current secret key of the project." },
  ],
  [
    /^(PGRST|42|28|0L|0P|3F)/,
    { by: "setup", advice: "The shop cannot use the API or the table as they are set up: run `npm run doctor`." },
  ],
];

const BY_STATUS: Readonly<Record<number, string>> = {
  401: "The key is not accepted: set SUPABASE_SECRET_KEY to a current secret key of the project.",
  403: "The request is forbidden: check the key and the project's network restrictions.",
  404: "No such API at SUPABASE_URL: check the address, and that the project is not paused.",
  405: "The API does not accept updates: check SUPABASE_URL, and whether the database is read-only.",
};
const BY_ANY_STATUS =
  "Something between the shop and Supabase rejects the request: check SUPABASE_URL, proxies and firewalls.";

/** PostgreSQL rejects such an update before it runs; PostgREST responds with 500, as for its whole class of errors. */
const VIEW_NOT_UPDATABLE = "55000";

/** Statuses for a timeout or too many requests: a gateway may send one after passing the request on. */
const UNDECIDED_STATUS = new Set([408, 425, 429, 499]);

/**
 * The refusal of an update that was definitely not applied; null if it may have been. `isReadable` is only called if its result decides.
 */
export async function refusalOf(
  error: Pick<DatabaseError, "status" | "body" | "message">,
  isReadable: () => Promise<boolean>,
): Promise<SwapRefusal | null> {
  const { status, body } = error;
  const isDefinite = status >= 400 && status < 500 && !UNDECIDED_STATUS.has(status);
  if (!isDefinite && !(status === 500 && body?.code === VIEW_NOT_UPDATABLE)) return null;
  const code = body?.code ?? `http_${status}`;
  const meaning = body === null ? undefined : BY_CODE.find(([pattern]) => pattern.test(body.code))?.[1];
  if (meaning === undefined) return refusal("setup", code, error.message, BY_STATUS[status] ?? BY_ANY_STATUS);
  if (meaning.by !== "row_if_readable") return refusal(meaning.by, code, error.message, meaning.advice);
  return refusal((await isReadable()) ? "row" : "setup", code, error.message, meaning.advice);
}

function refusal(by: SwapRefusal["by"], code: string, reason: string, advice: string): SwapRefusal {
  return { outcome: "refused", by, code, message: `${advice} (${code}: ${reason})` };
}

/** A refusal without an error: the update matched no row although the row is there. */
export const NO_ROW_UPDATED: SwapRefusal = {
  outcome: "refused",
  by: "row",
  code: "no_row_updated",
  message:
    "The row can be read, but the update does not reach it: row level security hides it from updates, or a trigger discards them.",
};

export const NUMBER_NOT_KEPT: SwapRefusal = {
  outcome: "refused",
  by: "row",
  code: "number_not_kept",
  message:
    "The database reports the update as done, but the row still has its old number: a trigger of the table or view reverts it or does nothing.",
};
