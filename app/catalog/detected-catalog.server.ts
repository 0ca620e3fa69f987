import { UnavailableError } from "~/errors";
import type { ProductReads } from "./catalog";
import type { MappingReport } from "./detect-columns.server";
import type { ProductColumns } from "./product-columns";
import type { CatalogLog } from "./products-table.server";
import type { SupabaseCatalog } from "./supabase-catalog-contract.server";

interface DetectedOptions {
  readonly detect: () => Promise<MappingReport>;
  readonly open: (columns: ProductColumns) => SupabaseCatalog;
  readonly log: CatalogLog | undefined;
}

/**
 * A catalog whose columns are detected by the first call that reaches the database; calls meanwhile share the detection, and the next one
 * repeats it if it failed. A table that cannot be mapped closes the shop until `probe` finds otherwise.
 */
export function createDetectedCatalog({ detect, open, log }: DetectedOptions): SupabaseCatalog {
  let opened: SupabaseCatalog | null = null;
  let refused: string | null = null;
  let running: Promise<MappingReport> | null = null;

  async function detectOnce(): Promise<MappingReport> {
    const report = await detect();
    if (report.outcome === "usable") {
      opened = open(report.columns);
      for (const note of report.notes) log?.info({}, note);
    }
    refused = report.outcome === "impossible" ? report.message : null;
    return report;
  }

  function examineMapping(): Promise<MappingReport> {
    if (opened !== null) return opened.examineMapping();
    running ??= detectOnce().finally(() => (running = null));
    return running;
  }

  async function catalog(): Promise<SupabaseCatalog> {
    if (opened === null && refused === null) await examineMapping();
    if (opened !== null) return opened;
    throw new UnavailableError(refused ?? "The columns of the products table are not known");
  }

  const reads = (part: (whole: SupabaseCatalog) => ProductReads): ProductReads => ({
    list: async (query) => part(await catalog()).list(query),
    products: async (productIds) => part(await catalog()).products(productIds),
    productsNamed: async (names) => part(await catalog()).productsNamed(names),
    rereadPrices: async (productIds) => part(await catalog()).rereadPrices(productIds),
    readStock: async (productIds) => part(await catalog()).readStock(productIds),
  });

  function displayReader(): ProductReads["readStock"] {
    let read: ProductReads["readStock"] | null = null;
    return async (productIds) => {
      read ??= (await catalog()).offers.displayReader();
      return read(productIds);
    };
  }

  return {
    ...reads((whole) => whole),
    offers: {
      ...reads((whole) => whole.offers),
      sorts: async () => (await catalog()).offers.sorts(),
      following: async (productId, count) => (await catalog()).offers.following(productId, count),
      displayReader,
    },
    compareAndSwap: async (swap) => (await catalog()).compareAndSwap(swap),
    checkPrices: async () => (await catalog()).checkPrices(),
    examineMapping,
    async probe() {
      try {
        const report = await examineMapping();
        if (report.outcome === "impossible") return { ok: false, problems: [report.message], warnings: [] };
        return await (await catalog()).probe();
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        return { ok: false, problems: [error.message], warnings: [] };
      }
    },
    get closedBy() {
      return refused === null ? (opened?.closedBy ?? null) : { code: "mapping", message: refused };
    },
    get oddities() {
      return opened?.oddities ?? [];
    },
    get unavailable() {
      return opened?.unavailable ?? 0;
    },
  };
}
