import type { StripeGateway } from "~/checkout/stripe/gateway";
import { decorate } from "~/decorate";

/** Rejections in a row that trigger a warning. */
const WARN_FROM = 5;

/** Detects settings or an account with which Stripe opens no payment page at all. Shoppers only see an error, and none of them reports it. */
export interface CheckoutRejections {
  /** Wraps the gateway: every payment page that it asks Stripe for counts. */
  watch(gateway: StripeGateway): StripeGateway;
  /** Stripe's own reason, from the fifth rejection in a row until the next page opens. */
  warnings(): readonly string[];
}

export function createCheckoutRejections({
  log,
}: {
  readonly log: { warn(message: string): void };
}): CheckoutRejections {
  let inARow = 0;
  let reason = "";
  const warnings = () =>
    inARow < WARN_FROM ? [] : [`Stripe has rejected the last ${inARow} checkouts. Its latest reason: ${reason}`];

  return {
    watch: (gateway) =>
      decorate(gateway, {
        async create(params, idempotencyKey) {
          const created = await gateway.create(params, idempotencyKey);
          if (created.outcome === "created") inARow = 0;
          if (created.outcome === "refused" && isUnexplained(created)) {
            inARow += 1;
            reason = created.message;
            if (inARow === WARN_FROM) for (const warning of warnings()) log.warn(warning);
          }
          return created;
        },
      }),
    warnings,
  };
}

/** Leaves out what has its own handling: totals out of range, pictures (sent again without), Prices (read again). */
function isUnexplained({ code, param = "" }: { readonly code: string; readonly param?: string | undefined }): boolean {
  return !/^amount_too_(small|large)$/.test(code) && !/\bimages\b|\[price\]$/.test(param);
}
