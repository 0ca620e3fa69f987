import { productPath } from "~/catalog/product-address";
import type { CartShop } from "./cart-shop";

/** Most URLs in one file. Source: sitemaps.org. */
const URLS_PER_FILE = 50_000;
const READ_PAGE_SIZE = 1_000;
const MAX_READS = 250;
const FRESH_MS = 10 * 60_000;

interface SitemapOptions {
  readonly offers: Pick<CartShop["offers"], "list">;
  /** The shop's URL without a trailing slash. */
  readonly siteUrl: string;
  readonly now: () => number;
}

/**
 * The sitemap of all products on sale. Reading them takes one query per thousand, so the result is shared and cached for ten minutes.
 * `page`: for shops with more URLs than fit in a file, whose sitemap without a page is an index of the pages.
 */
export interface Sitemap {
  /** XML; null: there is no such page. */
  read(page: number | null): Promise<string | null>;
}

export function createSitemap({ offers, siteUrl, now }: SitemapOptions): Sitemap {
  let kept: { readonly at: number; readonly addresses: Promise<readonly string[]> } | null = null;

  function addresses(): Promise<readonly string[]> {
    if (kept !== null && now() - kept.at < FRESH_MS) return kept.addresses;
    const reading = { at: now(), addresses: readAddresses(offers, siteUrl) };
    kept = reading;
    // Failures are not cached.
    reading.addresses.catch(() => {
      if (kept === reading) kept = null;
    });
    return reading.addresses;
  }

  return {
    async read(page) {
      const all = await addresses();
      const pages = Math.ceil(all.length / URLS_PER_FILE);
      if (page === null && pages > 1)
        return list(
          "sitemapindex",
          "sitemap",
          Array.from({ length: pages }, (_, index) => `${siteUrl}/sitemap.xml?page=${index + 1}`),
        );
      const first = ((page ?? 1) - 1) * URLS_PER_FILE;
      return first < 0 || first >= all.length ? null : list("urlset", "url", all.slice(first, first + URLS_PER_FILE));
    },
  };
}

async function readAddresses(offers: SitemapOptions["offers"], siteUrl: string): Promise<readonly string[]> {
  const found = [`${siteUrl}/`];
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const read = await offers.list({ page, pageSize: READ_PAGE_SIZE });
    for (const { id } of read.products) found.push(siteUrl + productPath(id));
    pages = Math.min(read.pages, MAX_READS);
  }
  return found;
}

function list(kind: "urlset" | "sitemapindex", entry: "url" | "sitemap", addresses: readonly string[]): string {
  const entries = addresses
    .map((address) => `<${entry}><loc>${address.replaceAll("&", "&amp;")}</loc></${entry}>`)
    .join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${entries}\n</${kind}>\n`;
}
