import type { RebuildReport } from "./checkout";
import { allowsDelayedPayment, type CheckoutContext } from "./checkout-context.server";
import { endClaim } from "./claims.server";
import { fulfilCheckout } from "./fulfil.server";
import type { CheckoutRecord } from "./line-marks";
import type { StripeSession } from "./stripe-gateway.server";

const DAY_MS = 86_400_000;

interface Found {
  readonly session: StripeSession;
  readonly record: CheckoutRecord;
}

/**
 * See `CheckoutService.rebuild`. `holdsLost`: the store came up empty, so whoever has paid gets the claim back that the
 * payment was promised; otherwise a paid checkout without a claim is a late payment and queues like anybody.
 */
export async function rebuildHolds(context: CheckoutContext, { holdsLost }: { holdsLost: boolean }): Promise<RebuildReport> {
  const since = context.clock.wall() - (allowsDelayedPayment(context.config) ? 35 : 4) * DAY_MS;
  // Open ones first: a payment in between is then seen in one of the two lists.
  const open = await findOurs(context, "open", since);
  const complete = (await findOurs(context, "complete", since)).filter(({ record }) => !isFinished(record));

  let claimsRestored = 0;
  const completeIds = new Set(complete.map(({ session }) => session.id));
  for (const found of open) {
    if (!completeIds.has(found.session.id) && (await restore(context, found))) claimsRestored += 1;
  }
  for (const found of complete) {
    const isPromised = found.session.paymentStatus === "unpaid" || holdsLost;
    if (isPromised && found.record.verdict === null && (await restore(context, found))) claimsRestored += 1;
  }

  let fulfilled = 0;
  // Announced moves before any new one: what a row says about them is true only until somebody else moves it.
  for (const { session } of [...complete.filter(isAnnounced), ...complete.filter((found) => !isAnnounced(found))]) {
    const outcome = await fulfilCheckout(context, session.id);
    if (outcome.outcome === "done" && !outcome.repeated) fulfilled += 1;
  }
  context.log({ type: "rebuilt", claimsRestored, fulfilled });
  return { claimsRestored, fulfilled };
}

async function findOurs(context: CheckoutContext, status: "open" | "complete", createdSince: number): Promise<Found[]> {
  const found: Found[] = [];
  for await (const session of context.gateway.list({ status, createdSince })) {
    try {
      const record = context.marks.read(session);
      if (record !== null) found.push({ session, record });
    } catch (cause) {
      // One record that somebody edited must not keep the shop closed.
      context.log({ type: "unreadable_record", checkoutId: session.id, cause });
    }
  }
  return found;
}

/** True when the store did not know the claim. */
async function restore(context: CheckoutContext, { session, record }: Found): Promise<boolean> {
  const { store } = context.reservations;
  const { claimId } = record;
  if ((await store.findClaim(claimId)) !== null) return false;
  await store.restore({
    claimId,
    checkoutId: session.id,
    session: record.session,
    claimedAt: session.createdAt,
    lines: record.lines.map(({ productId, quantity }) => ({ productId, quantity })),
  });
  // Seen again after it is held: what was listed open may have been closed, with proof and without a trace, in between.
  const now = await context.gateway.fetch(session.id);
  if (now?.status !== "expired") return true;
  await endClaim(context, { claimId, checkoutId: session.id, how: "stock" });
  return false;
}

function isFinished(record: CheckoutRecord): boolean {
  const marks = new Set(record.lines.map((line) => line.state.mark));
  if (marks.has("intent") || marks.has("return_intent")) return false;
  return record.verdict === "refunded" ? !marks.has("done") : record.verdict === null && marks.size === 1 && marks.has("done");
}

function isAnnounced({ record }: Found): boolean {
  return record.lines.some(({ state }) => state.mark === "intent" || state.mark === "return_intent");
}
