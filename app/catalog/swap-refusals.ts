import type { SwapRefusal } from "./catalog";
import type { DatabaseError } from "./database-error";

/**
 * What a response to an update that is not a success means. The whole request is one transaction, so that PostgREST's own error says
 * that nothing was applied; so does a gateway's 4xx, which was given instead of PostgREST's answer. Everything else may have been applied.
 */
type Meaning =
  | { readonly by: SwapRefusal["by"]; readonly advice: string }
  /** The row where it can be read (a policy, a grant), the set-up where it cannot. */
  | { readonly by: "row_if_readable"; readonly advice: string };

/** Rules by code, the first that matches. PostgreSQL's are documented in its appendix A, `PGRST…` in PostgREST's "Errors". */
const BY_CODE: readonly (readonly [RegExp, Meaning])[] = [
  [
    /^23/,
    { by: "row", advice: "A constraint of the table refuses the new number: correct the row, or the constraint." },
  ],
  [/^44/, { by: "row", advice: "The view's check option refuses the new number: correct the row, or the view." }],
  [
    /^428C9$/,
    {
      by: "row",
      advice:
        "The inventory column is generated and cannot be written: map the column that it is made from, in PRODUCTS_COLUMNS.",
    },
  ],
  [
    /^22/,
    { by: "row", advice: "The inventory column cannot hold the new number: correct the row, or the column's type." },
  ],
  [/^(P0|PT|45)/, { by: "row", advice: "A trigger of the table refuses the change: look at the table's triggers." }],
  [
    /^PGRST124$/,
    { by: "row", advice: "Several rows have this id, and an order may only take from one: make the id column unique." },
  ],
  [
    /^42501$/,
    {
      by: "row_if_readable",
      advice:
        "Row level security or a missing grant refuses the update: use the project's secret key, and grant it UPDATE.",
    },
  ],
  [
    /^25006$/,
    {
      by: "setup",
      advice:
        "The database is read-only (Supabase does that when the disk is full): free or add disk space, and end read-only mode.",
    },
  ],
  [
    /^(42P01|PGRST205|PGRST125)$/,
    {
      by: "setup",
      advice: "The table is missing or not exposed: check PRODUCTS_TABLE, and the exposed schemas in Supabase.",
    },
  ],
  [
    /^(42703|PGRST204)$/,
    { by: "setup", advice: "A column is missing: check PRODUCTS_COLUMNS, and reload Supabase's schema cache." },
  ],
  [
    /^PGRST3/,
    { by: "setup", advice: "The key is not accepted: set SUPABASE_SECRET_KEY to a current secret key of the project." },
  ],
  [
    /^(PGRST|42|28|0L|0P|3F)/,
    { by: "setup", advice: "The API or the table is set up in a way that the shop cannot use: run `npm run doctor`." },
  ],
];

const BY_STATUS: Readonly<Record<number, string>> = {
  401: "The key is not accepted: set SUPABASE_SECRET_KEY to a current secret key of the project.",
  403: "The request is forbidden: check the key, and the network restrictions of the project.",
  404: "There is no such API at SUPABASE_URL: check the address, and that the project is not paused.",
  405: "The API does not take updates: check SUPABASE_URL, and whether the database is read-only.",
};
const BY_ANY_STATUS =
  "Something between the shop and Supabase refuses the request: check SUPABASE_URL, proxies and firewalls.";

/** These say that the answer was not waited for, or that there were too many requests: whoever says so may have passed this one on. */
const UNDECIDED_STATUS = new Set([408, 425, 429, 499]);

/**
 * Whether an update was certainly not applied, and whose refusal that is. Null: unknown. `isReadable` is called for what a read decides.
 */
export async function refusalOf(
  error: Pick<DatabaseError, "status" | "said" | "message">,
  isReadable: () => Promise<boolean>,
): Promise<SwapRefusal | null> {
  const { status, said } = error;
  if (status < 400 || status >= 500 || UNDECIDED_STATUS.has(status)) return null;
  const code = said?.code ?? `http_${status}`;
  const meaning = said === null ? undefined : BY_CODE.find(([pattern]) => pattern.test(said.code))?.[1];
  if (meaning === undefined) return refusal("setup", code, error.message, BY_STATUS[status] ?? BY_ANY_STATUS);
  if (meaning.by !== "row_if_readable") return refusal(meaning.by, code, error.message, meaning.advice);
  return refusal((await isReadable()) ? "row" : "setup", code, error.message, meaning.advice);
}

function refusal(by: SwapRefusal["by"], code: string, said: string, advice: string): SwapRefusal {
  return { outcome: "refused", by, code, message: `${advice} (${code}: ${said})` };
}

/** Refusals that no error tells, only the row. */
export const NO_ROW_UPDATED: SwapRefusal = {
  outcome: "refused",
  by: "row",
  code: "no_row_updated",
  message:
    "The row can be read, but the update reaches no row: row level security hides it from the update, or a trigger drops the update.",
};

export const NUMBER_NOT_KEPT: SwapRefusal = {
  outcome: "refused",
  by: "row",
  code: "number_not_kept",
  message:
    "The database answers that the row was updated, and the row keeps its old number: a trigger of the table or view puts it back, or does nothing.",
};
