import { columnsOf } from "~/catalog/row-filter";
import { counted } from "./examine-rows.server";
import { failed, note, type Finding } from "./finding";
import type { SampledRow, SoldTable } from "./sampled-rows.server";

/** What the values of an unmapped column say about the rows that would be sold; null: nothing. */
type Verdict = { readonly found: string; readonly advice: string } | null;

interface Rule {
  /** Matches names in snake_case, without `product_` before them. */
  readonly name: RegExp;
  readonly judge: (column: string, values: readonly unknown[], rows: readonly SampledRow[]) => Verdict;
}

/** Values of a status that mean "for sale", most common first. */
const SOLD_STATES = ["active", "published", "live", "available", "public", "visible", "enabled", "listed", "for_sale"];

const filterBy = (condition: string) => `Set PRODUCTS_FILTER=${condition} (with "&" after another condition).`;

const RULES: readonly Rule[] = [
  { name: /^(product_|listing_|item_)?(status|state|visibility|lifecycle)$/, judge: judgeState },
  {
    name: /^(is_)?(active|published|visible|enabled|available|approved|listed|live|for_sale|public|sellable)$/,
    judge: (column, values) => {
      const flags = flagsOf(values);
      const off = flags?.filter((flag) => flag !== true).length ?? 0;
      return off > 0
        ? {
            found: `${counted(off, "row that is", "rows that are")} not "${column}" would be sold`,
            advice: filterBy(`${column}=${conditionFor(values, true)}`),
          }
        : null;
    },
  },
  {
    name: /^(is_)?(deleted|archived|hidden|disabled|sold|reserved|discontinued|draft|retired|inactive|removed|banned)$/,
    judge: (column, values) => {
      const flags = flagsOf(values);
      if (flags === null) return /(sold|reserved)$/.test(snakeCase(column)) ? judgeReserved(column, values) : null;
      const on = flags.filter((flag) => flag === true).length;
      return on > 0
        ? {
            found: `${counted(on, "row that is", "rows that are")} "${column}" would be sold`,
            advice: filterBy(
              values.some((value) => typeof value === "boolean")
                ? `${column}=not.is.true`
                : `or=(${column}.is.null,${column}.${conditionFor(values, false)})`,
            ),
          }
        : null;
    },
  },
  {
    name: /^(deleted|archived|sold|discontinued|removed|retired|unpublished|disabled|hidden|ended|expired)_(at|on|date)$/,
    judge: (column, values) => {
      const set = values.filter((value) => value !== null).length;
      return set > 0
        ? {
            found: `${counted(set, "row", "rows")} with a "${column}" would be sold`,
            advice: filterBy(`${column}=is.null`),
          }
        : null;
    },
  },
  {
    name: /^(published|activated|released|approved|launched)_(at|on|date)$/,
    judge: (column, values) => {
      const unset = values.filter((value) => value === null).length;
      return unset > 0 && unset < values.length
        ? {
            found: `${counted(unset, "row", "rows")} without a "${column}" would be sold`,
            advice: filterBy(`${column}=not.is.null`),
          }
        : null;
    },
  },
  {
    name: /^(tenant|shop|store|organi[sz]ation|org|merchant|account|site|workspace|company)_?(id|slug)$/,
    judge: (column, values) => {
      const distinct = new Set(values.map(String));
      return distinct.size > 1
        ? {
            found: `Rows of ${distinct.size} different values of "${column}" would all be sold`,
            advice: filterBy(`${column}=eq.${String(mostFrequent(values))}`),
          }
        : null;
    },
  },
  {
    name: /^(sale|discount(ed)?|special|promo(tional)?|offer|reduced)_?price(_cents)?$/,
    judge: (column, values) => {
      const set = values.filter((value) => value !== null && Number(value) > 0).length;
      return set > 0
        ? {
            found: `${counted(set, "row has", "rows have")} a "${column}", which the shop does not charge`,
            advice: `To charge it, set PRODUCTS_TABLE to a view with coalesce("${column}", price) as price (README, "Your table").`,
          }
        : null;
    },
  },
  { name: /^(reserved|committed|allocated)_?(stock|quantity|qty|count|units|inventory)?$/, judge: judgeReserved },
];

/**
 * Unmapped columns that usually decide what is sold, or for how much, and that PRODUCTS_FILTER does not use either; reported if the
 * offered rows differ in them. `--ignore COLUMN` turns a failure into a note, for a column that means something else here.
 */
export function examineDecidingColumns(sold: SoldTable, offered: readonly SampledRow[]): Finding[] {
  const [first] = offered;
  if (first === undefined) return [];
  const mapped: readonly unknown[] = Object.values(sold.columns);
  const used = new Set([...mapped, ...columnsOf(sold.filter)]);
  return Object.keys(first.raw).flatMap((column): Finding[] => {
    if (used.has(column)) return [];
    const values = offered.map(({ raw }) => raw[column] ?? null);
    if (/^currency(_code)?$/i.test(column)) return judgeCurrency(sold, column, values);
    for (const { name, judge } of RULES) {
      if (!name.test(snakeCase(column))) continue;
      const verdict = judge(column, values, offered);
      if (verdict === null) continue;
      const { found, advice } = verdict;
      return sold.ignored.has(column)
        ? [note(`${found}; ignored, as requested.`)]
        : [failed(`${found}. ${advice} If the column means something else, run doctor with --ignore ${column}.`)];
    }
    return [];
  });
}

/** Whether a column of this name usually decides what is sold, or for how much. */
export function isDeciding(column: string): boolean {
  return RULES.some(({ name }) => name.test(snakeCase(column)));
}

/** Yes or no, also as 0 and 1 or in words, as other databases and spreadsheets write them; null if the column holds anything else. */
function flagsOf(values: readonly unknown[]): readonly (boolean | null)[] | null {
  const flags = values.map((value) => (value === null ? null : (FLAGS.get(wordOf(value)) ?? "other")));
  if (flags.every((flag) => flag === null)) return null;
  const known = flags.filter((flag) => flag !== "other");
  return known.length === flags.length ? known : null;
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "1", "yes", "y", "t"].map((word) => [word, true] as const),
  ...["false", "0", "no", "n", "f"].map((word) => [word, false] as const),
]);

function wordOf(value: unknown): string {
  return typeof value === "string" ? value.trim().toLowerCase() : JSON.stringify(value);
}

/** In PostgREST's words, for a column that writes `wanted` in its own way. */
function conditionFor(values: readonly unknown[], wanted: boolean): string {
  if (values.some((value) => typeof value === "boolean")) return `is.${wanted}`;
  const own = values.find((value) => value !== null && FLAGS.get(wordOf(value)) === wanted);
  if (own !== undefined) return `eq.${typeof own === "string" ? own : wordOf(own)}`;
  return `eq.${values.some((value) => typeof value === "number") ? Number(wanted) : wanted}`;
}

function judgeState(column: string, values: readonly unknown[]): Verdict {
  const words = values.map((value) => (typeof value === "string" ? value.trim().toLowerCase() : null));
  if (words.every((word) => word === null)) return null;
  const good = SOLD_STATES.find((state) => words.includes(state));
  const others = words.filter((word) => word === null || word !== good).length;
  if (good !== undefined && others === 0) return null;
  const seen = [...new Set(values.map((value) => JSON.stringify(value)))].slice(0, 6).join(", ");
  const value = values.find((one) => typeof one === "string" && one.trim().toLowerCase() === good);
  return {
    found:
      good === undefined
        ? `Every row is sold, whatever its "${column}" (${seen})`
        : `${counted(others, "row", "rows")} whose "${column}" is not ${JSON.stringify(value)} would be sold (${seen})`,
    advice: filterBy(`${column}=eq.${typeof value === "string" ? value : "VALUE"}`),
  };
}

function judgeReserved(column: string, values: readonly unknown[]): Verdict {
  const numbers = values.filter((value) => typeof value === "number" && value > 0).length;
  return numbers > 0
    ? {
        found: `${counted(numbers, "row has", "rows have")} "${column}" units, which the shop does not subtract from the stock`,
        advice: "Let the other tool take its units out of the stock column, or stop it from selling the same rows.",
      }
    : null;
}

function judgeCurrency({ currency, ignored }: SoldTable, column: string, values: readonly unknown[]): Finding[] {
  const others = values.filter(
    (value) => typeof value === "string" && value.trim() !== "" && value.trim().toLowerCase() !== currency,
  );
  if (others.length === 0) return [];
  const text = `${counted(others.length, "row has", "rows have")} a "${column}" other than CURRENCY=${currency}, for example ${JSON.stringify(others[0])}, and would be sold in ${currency}. Add currency=${column} to PRODUCTS_COLUMNS.`;
  return [(ignored.has(column) ? note : failed)(text)];
}

function snakeCase(column: string): string {
  return column
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .replace(/[ -]+/g, "_")
    .toLowerCase()
    .replace(/^product_/, "");
}

function mostFrequent(values: readonly unknown[]): unknown {
  const times = new Map<unknown, number>();
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1);
  return [...times].sort(([, one], [, other]) => other - one)[0]?.[0];
}
