import { createCheckout, type Checkout } from "~/checkout/create-checkout.server";
import { decorate } from "~/decorate";
import type { Environment } from "~/env.server";
import type { SignedTexts } from "~/http/signed-texts.server";
import type { Limits } from "~/limits/limits.server";
import type { SellingControl } from "~/operator/selling.server";
import type { ReservationStore } from "~/reservations/reservation-store";
import type { StockHints } from "~/reservations/stock-hints";
import { checkoutLog, observeChanges, type CheckoutObservers } from "~/telemetry/observe-checkout.server";
import type { Drivers } from "./choose-drivers.server";
import { cartLimits, checkoutConfig } from "./settings.server";
import { identityOf } from "./shop-identity.server";

interface CheckoutParts extends CheckoutObservers {
  readonly store: ReservationStore;
  readonly hints: StockHints;
  readonly limits: Limits;
  readonly selling: SellingControl;
  readonly orderKeys: SignedTexts;
}

/**
 * Assembles the checkout with everything that can refuse a change of a cart or a payment, from the inside out:
 *   1. The checkout itself, over an already observed store.
 *   2. The cap on one client's units. Innermost, because the store counts these units in the same step that holds them.
 *   3. The pause of selling. Before the cap, because it refuses without touching the store.
 *   4. Observation. Outermost, so that refusals by the other layers are logged and counted too.
 */
export function assembleCheckout(drivers: Drivers, env: Environment, parts: CheckoutParts): Checkout {
  const { limits, selling } = parts;
  const checkout = bareCheckout(drivers, env, parts);
  const capped = decorate(checkout, limits.capped(checkout));
  const guarded = decorate(capped, selling.guarded(capped));
  return observeChanges(guarded, parts);
}

function bareCheckout(drivers: Drivers, env: Environment, parts: CheckoutParts): Checkout {
  const { catalog, gateway, clock, holds, newClaimId, newOperationId, backOff } = drivers;
  const { store, hints, limits, orderKeys, log, metrics } = parts;
  return createCheckout({
    reservations: {
      store,
      readStock: (productIds) => catalog.offers.readStock(productIds),
      limits: cartLimits(env),
      hints,
      newOperationId,
      backOff,
    },
    catalog,
    offers: catalog.offers,
    gateway,
    leases: holds.leases,
    rebuildLeases: holds.rebuildLeases,
    rebuildTurns: holds.rebuildTurns,
    clock,
    newClaimId,
    paymentTurn: () => limits.paymentTurn(),
    ...(limits.unpaidTime === null ? {} : { unpaidTime: limits.unpaidTime }),
    log: checkoutLog(log, metrics),
    config: checkoutConfig(env, {
      shopTag: identityOf(env).shopTag,
      orderKey: (claimId) => orderKeys.sign(claimId),
    }),
  });
}
