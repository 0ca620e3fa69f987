import { moneyText } from "~/catalog/money-text.server";
import { currencyDigits, parsePrice, type PriceUnit } from "~/catalog/price";
import { wholeNumber } from "~/catalog/product-row";
import { columnsOf, type RowFilter } from "~/catalog/row-filter";
import { failed, note, ok, type Finding } from "./finding";
import { SAMPLE, type Sample, type SampledRow, type SoldTable } from "./sampled-rows.server";

/** Whether a shopper can buy it: it is shown, has a price and is in stock. */
export function isForSale({ product }: SampledRow): boolean {
  return product !== undefined && product.active && product.price !== null && product.onHand > 0;
}

/** Counts what keeps rows from being sold, or has them sold wrongly. */
export function examineRows(sold: SoldTable, { offered, any }: Sample): Finding[] {
  const { table, columns, filter } = sold;
  if (offered.length === 0)
    return [
      failed(
        any.length === 0
          ? `Nothing is for sale: the table "${table.table}" is empty, or row level security hides its rows from this key.`
          : `Nothing is for sale: no row of "${table.table}" passes PRODUCTS_FILTER${columns.active === null ? "" : ` and has "${columns.active}" true`}.${seenValues(filter, any)}`,
      ),
    ];
  const forSale = offered.filter(isForSale).length;
  const rows = `${offered.length === SAMPLE ? "the first " : ""}${counted(offered.length, "row")}`;
  return [
    ...examineIds(sold, offered),
    ...examineStock(sold, offered),
    ...examinePrices(sold, offered),
    forSale === 0
      ? failed(`Nothing is for sale: none of ${rows} has a price and is in stock.`)
      : ok(`${counted(forSale, "product")} of ${rows} ${forSale === 1 ? "is" : "are"} for sale now.`),
  ];
}

const MAX_SEEN = 6;

/** The values of the columns that the filter names, in quotes as in JSON; a filter often fits all but their spelling. */
function seenValues(filter: RowFilter, rows: readonly SampledRow[]): string {
  const columns = new Set(columnsOf(filter));
  return [...columns]
    .flatMap((column) => {
      const seen = new Set(rows.flatMap(({ raw }) => (column in raw ? [JSON.stringify(raw[column])] : [])));
      const more = seen.size > MAX_SEEN ? ", …" : "";
      return seen.size === 0 ? [] : ` Values in "${column}": ${[...seen].slice(0, MAX_SEEN).join(", ")}${more}.`;
    })
    .join("");
}

function examineIds({ columns }: SoldTable, offered: readonly SampledRow[]): Finding[] {
  const findings: Finding[] = [];
  const without = offered.filter(({ id }) => id === null).length;
  if (without > 0)
    findings.push(
      failed(`${counted(without, "row has", "rows have")} no "${columns.id}" (null), so the shop cannot sell them.`),
    );
  const times = new Map<string, number>();
  for (const { id } of offered) if (id !== null) times.set(id, (times.get(id) ?? 0) + 1);
  const shared = [...times].filter(([, count]) => count > 1);
  const [example] = shared[0] ?? [];
  if (example !== undefined)
    findings.push(
      failed(
        `${counted(shared.length, "id is", "ids are")} shared by several rows, for example ${example}: the column "${columns.id}" must be unique. Such products are shown as sold out.`,
      ),
    );
  return findings;
}

function examineStock({ columns }: SoldTable, offered: readonly SampledRow[]): Finding[] {
  const stocks = offered.map(({ mapped }) => mapped.inventory ?? null);
  const nulls = stocks.filter((stock) => stock === null).length;
  const others = stocks.filter((stock) => stock !== null && wholeNumber(stock) === null);
  const negative = stocks.filter((stock) => (wholeNumber(stock) ?? 0) < 0).length;
  if (nulls === stocks.length)
    return [
      failed(`Every row's "${columns.inventory}" is null, so every product is shown as sold out. Fill in the stock.`),
    ];
  const findings: Finding[] = [];
  if (nulls > 0)
    findings.push(
      note(
        `${counted(nulls, "row has", "rows have")} no stock ("${columns.inventory}" is null): shown as sold out, not as unlimited.`,
      ),
    );
  if (others.length > 0)
    findings.push(
      (others.length === stocks.length ? failed : note)(
        `${counted(others.length, "row's", "rows'")} "${columns.inventory}" is not a whole number, for example ${JSON.stringify(others[0])}: shown as sold out.`,
      ),
    );
  if (negative > 0)
    findings.push(
      note(`${counted(negative, "row's", "rows'")} "${columns.inventory}" is negative: shown as sold out.`),
    );
  return findings;
}

function examinePrices({ columns, ...sold }: SoldTable, offered: readonly SampledRow[]): Finding[] {
  if (columns.price === null) return [];
  const own = offered.filter(({ product }) => product === undefined || product.stripePrice === null);
  const without = own.filter(({ product }) => product !== undefined && product.price === null);
  const prices = own.flatMap(({ mapped }) => (PLAIN.test(String(mapped.price)) ? [Number(mapped.price)] : []));
  const unit = describeUnit(sold, columns.price, prices);
  const example = JSON.stringify(without[0]?.mapped.price ?? null);
  return [
    ...(without.length === 0
      ? []
      : [
          (without.length === own.length ? failed : note)(
            `${counted(without.length, "row's", "rows'")} "${columns.price}" is not a price, for example ${example}: shown, but cannot be bought.`,
          ),
        ]),
    ...(unit === null ? [] : [failed(unit)]),
  ];
}

const PLAIN = /^\d+(\.\d+)?$/;
/** From here on a whole price is more likely one in cents. */
const SUSPICIOUS = 100;

/** Why PRICE_UNIT is probably wrong. Setting it, even to its default, confirms it. */
function describeUnit(
  { priceUnit, isPriceUnitSet, currency }: Pick<SoldTable, "priceUnit" | "isPriceUnitSet" | "currency">,
  column: string,
  prices: readonly number[],
): string | null {
  const fraction = prices.find((price) => !Number.isInteger(price));
  if (priceUnit === "minor")
    return fraction === undefined
      ? null
      : `PRICE_UNIT=minor, but prices in "${column}" have decimals, such as ${fraction}. Set PRICE_UNIT=major.`;
  const [first] = prices;
  const looksMinor = fraction === undefined && prices.every((price) => price >= SUSPICIOUS);
  if (isPriceUnitSet || !looksMinor || first === undefined || currencyDigits(currency) === 0) return null;
  const shown = (unit: PriceUnit) => {
    const price = parsePrice(first, unit, currency);
    return price === null ? "no price" : moneyText(price, "en");
  };
  return `PRICE_UNIT looks wrong: every "${column}" is a whole number of at least ${SUSPICIOUS}, and ${first} is sold for ${shown("major")}. If it should be ${shown("minor")}, set PRICE_UNIT=minor; if not, set PRICE_UNIT=major to confirm it.`;
}

/** "1 row", "12 rows"; with `many` for words that do not just take an s. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
