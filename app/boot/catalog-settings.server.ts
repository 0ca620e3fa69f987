import type { SupabaseCatalogOptions } from "~/catalog/supabase-catalog-contract.server";
import type { Environment } from "~/env.server";

/** The merchant's table, as the environment describes it. */
export function catalogSettings(env: Environment): SupabaseCatalogOptions {
  return {
    ...env.supabase,
    schema: env.PRODUCTS_SCHEMA,
    table: env.PRODUCTS_TABLE,
    columns: env.PRODUCTS_COLUMNS ?? null,
    filter: env.PRODUCTS_FILTER,
    order: env.PRODUCTS_ORDER,
    priceUnit: env.PRICE_UNIT,
    currency: env.CURRENCY,
    imageBaseUrl: env.IMAGE_BASE_URL,
  };
}
