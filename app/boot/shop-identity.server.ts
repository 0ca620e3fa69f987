import { holdsTag, shopTag } from "~/checkout/stripe/shop-tag.server";
import { isLiveKey } from "~/checkout/stripe/stripe-client.server";
import type { Environment } from "~/env.server";

/** The shop's identity in Stripe and Redis. */
export interface ShopIdentity {
  /** Marks the shop's Stripe sessions; see `shopTag`. */
  readonly shopTag: string;
  /** Separates the shop's holds in Redis, with a tag per Stripe mode; see `holdsTag`. */
  readonly holdsTag: string;
  /** Whether the Stripe key is a live key. Webhook events of the other mode are ignored. */
  readonly live: boolean;
}

export function identityOf(env: Environment): ShopIdentity {
  // Without the schema `public`, as before other schemas could be set: tags must stay, or open payments become foreign.
  const table = env.PRODUCTS_SCHEMA === "public" ? env.PRODUCTS_TABLE : `${env.PRODUCTS_SCHEMA}.${env.PRODUCTS_TABLE}`;
  const shop = { supabaseUrl: env.supabase.url, table, environment: env.SHOP_ENVIRONMENT };
  const live = isLiveKey(env.stripe.secretKey);
  return { shopTag: shopTag(shop), holdsTag: holdsTag(shop, { live }), live };
}

/** Whether payments go to Stripe itself, rather than to a stand-in without rate limits or dashboard. */
export function usesRealStripe(env: Environment): boolean {
  return !env.isSandbox && env.STRIPE_API_BASE === undefined;
}
