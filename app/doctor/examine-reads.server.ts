import { PAGE_SIZE } from "~/cart/list-products.server";
import { createSitemap } from "~/cart/sitemap.server";
import type { ProductReads } from "~/catalog/catalog";
import { failed, messageOf, ok, type Finding } from "./finding";

const LISTED = { page: 1, pageSize: PAGE_SIZE, soldOutLast: true };

/** Reads the list, a search, one product and the sitemap as the shop does. */
export async function examineReads(offers: ProductReads, publicUrl: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  async function read<T>(what: string, run: () => Promise<T>): Promise<T | null> {
    try {
      return await run();
    } catch (error) {
      findings.push(failed(`${what} failed: ${messageOf(error)}`));
      return null;
    }
  }

  const list = await read("Reading the product list", () => offers.list(LISTED));
  const first = list?.products[0];
  if (first !== undefined) {
    const { id, name } = first;
    const found = await read("Searching", () => offers.list({ ...LISTED, search: name }));
    if (found !== null && found.total === 0) findings.push(failed(`A search for "${name}" finds nothing.`));
    const page = await read("Reading a product page", () => offers.products([id]));
    if (page !== null && !page.has(id))
      findings.push(failed(`The list shows "${name}" (${id}), but its product page finds no row.`));
  } else await read("Searching", () => offers.list({ ...LISTED, search: "a" }));
  const sitemap = createSitemap({ offers, siteUrl: publicUrl, now: Date.now });
  await read("Reading the sitemap", () => sitemap.read(null));
  if (findings.length > 0 || list === null) return findings;
  return [ok(`The product list (${list.total} in all), a search, a product page and the sitemap work.`)];
}
