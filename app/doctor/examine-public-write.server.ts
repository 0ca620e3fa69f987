import { databaseError, type ProductsTable } from "~/catalog/products-table.server";
import { UnavailableError } from "~/errors";
import { failed, note, ok, type Finding } from "./finding";
import type { Sample, SoldTable } from "./sampled-rows.server";

/** A row with a number in stock. `isView`: it has no version, which only rows of tables have. */
export interface StockRow {
  readonly id: string;
  readonly inventory: number;
  readonly isView: boolean;
}

/** Null if no row's stock could be read. */
export async function findStockRow({ catalog }: SoldTable, { offered, any }: Sample): Promise<StockRow | null> {
  const ids = [...offered, ...any].flatMap(({ id }) => id ?? []).slice(0, 100);
  for (const [id, { inventory, version }] of await catalog.readStock(ids))
    if (inventory !== null) return { id, inventory, isView: version === null };
  return null;
}

/**
 * Tries, as any holder of the publishable key could, to set a row's stock to the number that it already has. `publicTable`: the same
 * table with that key; null if doctor has none.
 */
export async function examinePublicWrite(
  { table, columns }: Pick<SoldTable, "table" | "columns">,
  publicTable: ProductsTable | null,
  { id, inventory, isView }: StockRow,
): Promise<Finding> {
  const name = table.table;
  if (publicTable === null)
    return isView
      ? failed(
          `Not tested: whether the public can change the stock through the view "${name}". Set SUPABASE_PUBLISHABLE_KEY, which only doctor reads, or check in Supabase's SQL editor: \`select reloptions from pg_class where relname = '${name}'\` must show security_invoker=on (or true).`,
        )
      : note(
          "Not tested: whether the public can change the stock. To test it, set SUPABASE_PUBLISHABLE_KEY, which only doctor reads.",
        );
  try {
    const reached = await publicTable.count(
      publicTable
        .from()
        .update({ [columns.inventory]: inventory }, { count: "exact" })
        .eq(columns.id, id)
        .eq(columns.inventory, inventory),
    );
    if ((reached ?? 0) === 0) return ok("The stock cannot be changed with the publishable key.");
    return failed(
      `Anybody with the publishable key can change the stock of "${name}": ${isView ? viewAdvice(name) : tableAdvice(name)}`,
    );
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    const response = databaseError(error);
    // PostgreSQL's refusal: no grant, or a policy.
    if (response?.body?.code === "42501") return ok("The stock cannot be changed with the publishable key.");
    return failed(
      `Not tested: whether the public can change the stock. The publishable key did not work: ${error.message}`,
    );
  }
}

const viewAdvice = (name: string) =>
  `a view without security_invoker runs with its owner's rights, so row level security does not apply. Run \`alter view "${name}" set (security_invoker = on);\`. If that is already set, enable row level security on the table behind it: \`alter table … enable row level security;\`.`;

const tableAdvice = (name: string) =>
  `row level security is off, or a policy lets everybody update it. Run \`alter table "${name}" enable row level security;\` and leave UPDATE to the secret key.`;
