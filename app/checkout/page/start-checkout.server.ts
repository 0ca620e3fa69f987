import type { PaymentTurn, StartOutcome, StartRequest } from "~/checkout/checkout";
import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { endClaim, isAtLeast } from "~/checkout/claims.server";
import { MAX_CHECKOUT_LINES } from "~/checkout/stripe/session-metadata";
import { UnavailableError } from "~/errors";
import { summed, withSet } from "~/reservations/cart-lines";
import type { Claim, Line } from "~/reservations/reservation-store";
import { reserve } from "~/reservations/reserve";
import { closeClaim, findSession, UNSTAMPED_AFTER_MS } from "./close-checkout.server";
import { openPage } from "./open-page.server";
import { cartFingerprint, priceLines, type PricedLine } from "./price-lines.server";
import { changedSince, type ShownCart } from "./shown-cart";

const MAX_TRIES = 5;

/** `again`: the state changed concurrently; start over. */
type Attempt = StartOutcome | { readonly outcome: "again" };

/** See `CheckoutService.start`. */
export async function startCheckout(context: CheckoutContext, request: StartRequest): Promise<StartOutcome> {
  let turn: Promise<PaymentTurn> | null = null;
  const takeTurn = () => (turn ??= context.paymentTurn());
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const result = await tryOnce(context, request, takeTurn);
    if (result.outcome !== "again") return result;
  }
  throw new UnavailableError("the cart keeps changing while its payment page is being opened");
}

async function tryOnce(
  context: CheckoutContext,
  request: StartRequest,
  takeTurn: () => Promise<PaymentTurn>,
): Promise<Attempt> {
  const { reservations } = context;
  const { sessionHash, clients } = request;
  const view = await reservations.store.view(sessionHash);
  if (view.claim !== null) return continueClaim(context, request, view.claim);

  // The cookie's lines plus the live holds, whose quantities take precedence.
  const cart = withSet(summed(request.lines), view.lines).filter(({ quantity }) => quantity > 0);
  if (cart.length === 0) return { outcome: "empty_cart" };
  if (cart.length > MAX_CHECKOUT_LINES)
    return { outcome: "limit_exceeded", limit: "lines_per_cart", max: MAX_CHECKOUT_LINES };

  const held = new Set(view.lines.map((line) => line.productId));
  const missing = cart.filter((line) => !held.has(line.productId));
  if (missing.length > 0) {
    const reserved = await reserve(reservations, { sessionHash, lines: missing, clients });
    if (reserved.outcome === "checkout_open") return { outcome: "again" };
    if (reserved.outcome !== "granted") return reserved;
  }

  const allowed = await context.unpaidTime.termsOf({ sessionHash, lines: cart });
  if (allowed.outcome === "payment_wait") return allowed;
  const turn = await takeTurn();
  if (turn.outcome === "checkout_busy") return turn;
  const claimed = await reservations.store.claim({ sessionHash, claimId: context.newClaimId(), terms: allowed.terms });
  switch (claimed.outcome) {
    case "claimed":
      if (!isWhole(claimed.claim, cart)) {
        // Some holds lapsed or were released since the view: never open a page for part of a cart as if it were the whole.
        await endClaim(context, { claimId: claimed.claim.claimId, checkoutId: null, how: "shopper" });
        return { outcome: "again" };
      }
      noteShortPage(context, claimed.claim);
      return openPage(context, {
        claim: claimed.claim,
        others: claimed.others,
        origin: request.origin,
        shown: request.shown,
      });
    case "busy":
      await reservations.backOff();
      return { outcome: "again" };
    // The holds lapsed just now, or another tab was faster.
    case "nothing_held":
    case "checkout_open":
      return { outcome: "again" };
  }
}

function noteShortPage({ shortPages, clock, config }: CheckoutContext, { claimId, terms }: Claim): void {
  if (terms !== undefined && terms.payWithinMs < config.checkoutTtlMs)
    shortPages.set(claimId, clock.now() + terms.payWithinMs);
}

function isWhole(claim: Claim, cart: readonly Line[]): boolean {
  return cart.every(({ productId }) => claim.lines.some((line) => line.productId === productId));
}

/** Continues with a page that was opened, or is being opened: reuses it if it still matches the cart, otherwise closes it. */
async function continueClaim(context: CheckoutContext, request: StartRequest, claim: Claim): Promise<Attempt> {
  const isSameCart = request.lines.every(
    (line) => line.quantity === 0 || claim.lines.some((one) => one.productId === line.productId),
  );
  if (claim.checkoutId === null) {
    const isYoung = !(await isAtLeast(context, claim, UNSTAMPED_AFTER_MS));
    if (isYoung && isSameCart)
      return openPage(context, { claim, others: null, origin: request.origin, shown: request.shown });
    const found = isYoung ? null : await findSession(context, claim);
    if (found !== null) {
      await context.reservations.store.stamp({ claimId: claim.claimId, checkoutId: found.id });
      return { outcome: "again" };
    }
    return close(context, claim);
  }
  const session = await context.gateway.fetch(claim.checkoutId);
  const record = session === null ? null : context.marks.read(session);
  const isInTime = !(await isAtLeast(context, claim, claim.terms?.payWithinMs ?? context.config.checkoutTtlMs));
  if (session?.status === "open" && session.url !== null && isSameCart && isInTime) {
    const pricing = await currentPricing(context, claim.lines);
    if (pricing !== null && record?.fingerprint === cartFingerprint(pricing.lines)) {
      const since = changedSince(request.shown, pricing);
      return since === null
        ? { outcome: "redirect", url: session.url, checkoutId: session.id }
        : { outcome: "cart_changed", since };
    }
  }
  return close(context, claim);
}

async function close(context: CheckoutContext, claim: Claim): Promise<Attempt> {
  const closing = await closeClaim(context, claim, "shopper");
  switch (closing.outcome) {
    case "closed":
      return { outcome: "again" };
    case "paid":
      return closing;
    case "no_proof":
      return { outcome: "checkout_open", claim };
  }
}

/** Null if the lines cannot be sold as they are now. */
async function currentPricing(
  context: CheckoutContext,
  lines: readonly Line[],
): Promise<(ShownCart & { readonly lines: readonly PricedLine[] }) | null> {
  const rows = await context.offers.products(lines.map((line) => line.productId));
  const pricing = await priceLines(context, lines, rows);
  return pricing.outcome === "priced" ? pricing : null;
}
