import type { Product } from "~/catalog/catalog";
import type { StartOutcome } from "~/checkout/checkout";
import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { endClaim, liveClaim } from "~/checkout/claims.server";
import { UnavailableError } from "~/errors";
import type { Claim, OthersUnits } from "~/reservations/reservation-store";
import type { DecidedLine } from "~/reservations/reserve";
import { shortageOf } from "~/reservations/stock";
import { waitWhileBusy } from "~/reservations/wait-while-busy";
import { closeClaim } from "./close-checkout.server";
import { priceLines, rereadAndPrice, type PricedLine, type Pricing } from "./price-lines.server";
import { sessionParameters } from "./session-parameters.server";
import { changedSince, type ShownCart } from "./shown-cart";

interface PageRequest {
  readonly claim: Claim;
  /** Others' units as noted by the claim; null on a retry, after the rows were checked. */
  readonly others: ReadonlyMap<string, OthersUnits> | null;
  readonly origin: string;
  readonly shown: ShownCart | null | undefined;
}

/**
 * Opens a payment page for a claim: reads the stock again, creates the session, stamps the claim. Every definite refusal returns the
 * units to the shopper's cart.
 */
export async function openPage(
  context: CheckoutContext,
  request: PageRequest,
): Promise<StartOutcome | { outcome: "again" }> {
  const { claim, origin } = request;
  const pricing = await checkAndPrice(context, request).catch(async (error: unknown) => {
    // Nothing was sent to Stripe for a new claim yet, so it can end without proof.
    if (request.others !== null) await endClaim(context, { claimId: claim.claimId, checkoutId: null, how: "shopper" });
    throw error;
  });
  if (pricing.outcome !== "priced") return giveBack(context, claim, pricing);

  const parameters = sessionParameters(context.config, {
    claim,
    lines: pricing.lines,
    currency: pricing.currency,
    origin,
  });
  // Always under the claim's own key, which later proves whether a claim without a page's id has one.
  const create = (params: SessionParameters) =>
    waitWhileBusy(context.reservations.backOff, () => context.gateway.create(params, claim.claimId));
  let created = await create(parameters);
  if (created.outcome === "refused" && refusesPicture(created.param)) {
    logRefusal(context, claim, pricing.lines, created);
    created = await create(
      sessionParameters(context.config, {
        claim,
        lines: pricing.lines,
        currency: pricing.currency,
        origin,
        withPictures: false,
      }),
    );
  }
  switch (created.outcome) {
    case "refused": {
      const { code } = created;
      logRefusal(context, claim, pricing.lines, created);
      const reason = code === "amount_too_small" ? "amount_too_small" : "rejected_by_stripe";
      const unusable = reason === "rejected_by_stripe" ? await findUnusable(context, claim, pricing.lines) : null;
      if (unusable !== null) return giveBack(context, claim, unusable);
      return giveBack(context, claim, {
        outcome: "not_payable",
        reason,
        productIds: claim.lines.map((line) => line.productId),
      });
    }
    case "failed":
      // The URL of such a page was never handed out. If the page exists, the reconciler closes it, since it has no claim.
      context.log({ type: "no_proof", claimId: claim.claimId, checkoutId: null, cause: created.cause });
      return giveBack(context, claim, { outcome: "again" });
    case "key_used":
      // An earlier try of this claim had other parameters, and its response was lost. After a minute, Stripe's list tells whether it created one.
      throw new UnavailableError("the outcome of an earlier try to open this payment page is not known yet");
    case "created":
      return handOut(context, claim, created.session.id);
  }
}

/**
 * After Stripe refused a cart: finds Prices that have become unusable since they were read. Null if there are none, or Stripe is
 * unavailable.
 */
async function findUnusable(
  context: CheckoutContext,
  claim: Claim,
  lines: readonly PricedLine[],
): Promise<Extract<Pricing, { outcome: "not_payable" }> | null> {
  const named = lines.filter((line) => line.stripePrice !== null).map((line) => line.productId);
  if (named.length === 0) return null;
  try {
    const pricing = await rereadAndPrice(context, claim.lines, named);
    return pricing.outcome === "not_payable" ? pricing : null;
  } catch (error) {
    if (error instanceof UnavailableError) return null;
    throw error;
  }
}

type SessionParameters = ReturnType<typeof sessionParameters>;

/** Pictures are decoration: none of them may make a cart unpayable. */
function refusesPicture(param: string | undefined): boolean {
  return param !== undefined && /\[images\]|\bimages\b/.test(param);
}

/** Logs a refusal, with its product if Stripe names a line (`line_items[2][price_data]…`). Lines are sent in the order of their ids. */
function logRefusal(
  context: CheckoutContext,
  claim: Claim,
  lines: readonly { readonly productId: string }[],
  refusal: { code: string; message: string; param?: string | undefined },
): void {
  const { code, message, param = null } = refusal;
  const index = /^line_items\[(\d+)\]/.exec(param ?? "")?.[1];
  const productId = index === undefined ? null : (lines.map((line) => line.productId).sort()[Number(index)] ?? null);
  context.log({
    type: "checkout_rejected",
    session: claim.sessionHash,
    claimId: claim.claimId,
    code,
    message,
    param,
    productId,
  });
}

type Checked =
  | Pricing
  | { readonly outcome: "refused"; readonly lines: DecidedLine[] }
  | { readonly outcome: "cart_changed"; readonly since: ShownCart };

async function checkAndPrice(context: CheckoutContext, { claim, others, shown }: PageRequest): Promise<Checked> {
  const rows = await context.offers.products(claim.lines.map((line) => line.productId));
  const lines = others === null ? [] : compareWithStock(claim, rows, others);
  if (lines.some((line) => line.shortage !== null)) return { outcome: "refused", lines };
  const pricing = await priceLines(context, claim.lines, rows);
  const since = pricing.outcome === "priced" ? changedSince(shown, pricing) : null;
  return since === null ? pricing : { outcome: "cart_changed", since };
}

async function handOut(
  context: CheckoutContext,
  claim: Claim,
  checkoutId: string,
): Promise<StartOutcome | { outcome: "again" }> {
  if ((await liveClaim(context, claim.claimId, checkoutId)) === null) {
    // The claim is gone, so no stock backs this session: never hand out its URL.
    const closing = await closeClaim(context, { ...claim, checkoutId }, "stock");
    return closing.outcome === "paid" ? closing : { outcome: "again" };
  }
  // The create may have returned the saved response of an earlier try, whose page another tab has paid meanwhile.
  const session = await context.gateway.fetch(checkoutId);
  if (session?.status === "open" && session.url !== null) return { outcome: "redirect", url: session.url, checkoutId };
  return session?.status === "complete" ? { outcome: "paid", checkoutId } : { outcome: "again" };
}

async function giveBack<T extends { outcome: string }>(context: CheckoutContext, claim: Claim, outcome: T): Promise<T> {
  await endClaim(context, { claimId: claim.claimId, checkoutId: null, how: "shopper" });
  return outcome;
}

/**
 * Compares the claim with the stock. Pending units of others are ignored: those calls already see this claim.
 * Products without a row are skipped here and reported as unknown by pricing.
 */
function compareWithStock(
  claim: Claim,
  rows: ReadonlyMap<string, Product>,
  others: ReadonlyMap<string, OthersUnits>,
): DecidedLine[] {
  return claim.lines.flatMap(({ productId, quantity }) => {
    const row = rows.get(productId);
    if (row === undefined) return [];
    const other = others.get(productId);
    const available = Math.max(0, row.onHand - (other === undefined ? 0 : other.units - other.pendingUnits));
    return [
      {
        productId,
        name: row.name,
        requested: quantity,
        available,
        ...shortageOf({ quantity, onHand: row.onHand, available }),
        nextReleaseInMs: other?.nextReleaseInMs ?? null,
      },
    ];
  });
}
