import { createHash } from "node:crypto";

interface Shop {
  readonly supabaseUrl: string;
  readonly table: string;
  readonly environment: string;
}

/**
 * Tag that distinguishes this shop's Stripe sessions from those of staging and of other shops on the same Stripe account. The same
 * project, table and environment always give the same tag. It is sent as metadata, so it is a hash rather than the URL itself.
 */
export function shopTag(shop: Shop): string {
  const identity = JSON.stringify([shop.supabaseUrl.replace(/\/+$/, ""), shop.table, shop.environment]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 32);
}

/**
 * Tag for holds, different for each Stripe mode. Only Stripe can prove that a claim has ended, and one mode does not know the other's
 * sessions: with one tag, claims left over from test keys would hold units forever.
 */
export function holdsTag(shop: Shop, { live }: { readonly live: boolean }): string {
  return shopTag({ ...shop, environment: `${shop.environment} (${live ? "live" : "test"})` });
}
