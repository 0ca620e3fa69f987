import { holdsTag, shopTag } from "~/checkout/stripe/shop-tag.server";
import { isLiveKey } from "~/checkout/stripe/stripe-client.server";
import type { Environment } from "~/env.server";

/** Which shop this is, to Stripe and to Redis. */
export interface ShopIdentity {
  /** Marks the shop's Stripe sessions; see `shopTag`. */
  readonly shopTag: string;
  /** Keeps the shop's holds in Redis apart, one tag for each mode of Stripe; see `holdsTag`. */
  readonly holdsTag: string;
  /** Whether the Stripe key is a live one. Webhook events of the other mode are not the shop's. */
  readonly live: boolean;
}

export function identityOf(env: Environment): ShopIdentity {
  const shop = { supabaseUrl: env.supabase.url, table: env.PRODUCTS_TABLE, environment: env.SHOP_ENVIRONMENT };
  const live = isLiveKey(env.stripe.secretKey);
  return { shopTag: shopTag(shop), holdsTag: holdsTag(shop, { live }), live };
}
