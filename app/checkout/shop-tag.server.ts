import { createHash } from "node:crypto";

/**
 * Tells this shop's Stripe sessions from those of staging and of other shops on the same Stripe account: the same
 * project, table and environment always give the same tag. It travels in metadata, so it is a hash and not the address.
 */
export function shopTag(shop: { supabaseUrl: string; table: string; environment: string }): string {
  const identity = JSON.stringify([shop.supabaseUrl.replace(/\/+$/, ""), shop.table, shop.environment]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 32);
}
