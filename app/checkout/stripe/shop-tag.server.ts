import { createHash } from "node:crypto";

interface Shop {
  readonly supabaseUrl: string;
  readonly table: string;
  readonly environment: string;
}

/**
 * Tells this shop's Stripe sessions from those of staging and of other shops on the same Stripe account: the same
 * project, table and environment always give the same tag. It travels in metadata, so it is a hash and not the address.
 */
export function shopTag(shop: Shop): string {
  const identity = JSON.stringify([shop.supabaseUrl.replace(/\/+$/, ""), shop.table, shop.environment]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 32);
}

/**
 * The same for what is held, one for each mode of Stripe: claims end by Stripe's word only, and one mode knows nothing of the other's,
 * so those that were left by test keys would hold units for ever.
 */
export function holdsTag(shop: Shop, { live }: { readonly live: boolean }): string {
  return shopTag({ ...shop, environment: `${shop.environment} (${live ? "live" : "test"})` });
}
