import { UnavailableError } from "~/errors";
import { everyClaim } from "~/reservations/every-claim";
import type { RebuildReport } from "./checkout";
import { windowStart, type CheckoutContext } from "./checkout-context.server";
import { claimOf } from "./claims.server";
import { fulfilEach, type FulfilledEach } from "./fulfil/fulfil-each.server";
import type { CheckoutRecord } from "./fulfil/line-marks";
import { readOrReport } from "./fulfil/read-record.server";
import { closeClaim } from "./page/close-checkout.server";
import type { RebuildGate } from "./rebuild-gate";
import type { StripeGateway, StripeSession } from "./stripe/gateway";

interface Found {
  readonly session: StripeSession;
  readonly record: CheckoutRecord;
}

/**
 * See `CheckoutService.rebuild`. If the store is empty or lost data, one server (`RebuildTurns`) restores the claims of
 * all payments in progress, no matter what else is held. Otherwise a missing claim either ended with proof or was never
 * handed out: an open page without a claim is closed, and a payment without one competes like a new order
 * (`late-payment`). The gate opens as soon as no remaining work could conflict with a change. Errors after that are
 * thrown, for a retry.
 */
export async function rebuildHolds(context: CheckoutContext, gate: RebuildGate): Promise<RebuildReport> {
  const { turn, listed } = await takeTurn(context);
  if (turn === "elsewhere") throw new UnavailableError("another server is rebuilding holds, or about to");
  const isIntact = turn === "rebuilt";
  if (isIntact) gate.open();
  else gate.close();
  // Listed after the turn began: until then other servers may have opened pages.
  const { open, complete: allComplete } = isIntact && listed !== null ? listed : await listOurs(context);
  const complete = allComplete.filter(({ record }) => !isFinished(record));
  const completeIds = new Set(idsOf(complete));

  const openOnly = open.filter(({ session }) => !completeIds.has(session.id));
  const claimsRestored = isIntact
    ? await closeUnclaimed(context, openOnly)
    : await restoreAll(context, [...openOnly, ...complete]);
  // Announced moves before new ones: a row proves their outcome only until it changes again. A failure doesn't stop the
  // loop, so that all waiting times run in parallel.
  const settling = isIntact ? context : { ...context, leases: context.rebuildLeases };
  const announced = await fulfilEach(settling, idsOf(complete.filter(isAnnounced)));
  // No lease names these open moves, so nothing may move before them.
  if (!isIntact && announced.failures.length > 0) throw announced.failures[0];
  if (!isIntact && !(await context.rebuildTurns.end()))
    throw new UnavailableError("the reservation store lost its data again");
  gate.open();
  const paid = await fulfilEach(context, idsOf(complete.filter((found) => !isAnnounced(found))));
  const rechecked = isIntact ? [] : [await recheckClaims(context, { open, completeIds })];
  const all = [announced, paid, ...rechecked];
  const [failure] = all.flatMap(({ failures }) => failures);
  if (failure !== undefined) throw failure;
  const fulfilled = all.reduce((sum, each) => sum + each.fulfilled, 0);
  context.log({ type: "rebuilt", claimsRestored, fulfilled });
  return { claimsRestored, fulfilled };
}

/**
 * Checks each claim whose page Stripe lists as neither open nor complete: either it ended after the list was read, or a
 * replica that took over missed its end. Paid sessions are fulfilled, expired ones released, and unknown ones stay
 * held. Claims without a page are left to the sweep.
 */
async function recheckClaims(
  context: CheckoutContext,
  { open, completeIds }: { open: readonly Found[]; completeIds: ReadonlySet<string> },
): Promise<FulfilledEach> {
  const failures: unknown[] = [];
  const stillOpen = await findOurs(context, { status: "open", createdSince: windowStart(context) }).catch(
    (error: unknown) => {
      failures.push(error);
      return open;
    },
  );
  const listed = new Set([...idsOf(stillOpen), ...completeIds]);
  const rechecked = await fulfilEach(context, unlisted(context, listed));
  return { ...rechecked, failures: [...failures, ...rechecked.failures] };
}

async function* unlisted(context: CheckoutContext, listed: ReadonlySet<string>): AsyncGenerator<string> {
  for await (const { checkoutId } of everyClaim(context.reservations.store, { olderThanMs: 0 })) {
    if (checkoutId !== null && !listed.has(checkoutId)) yield checkoutId;
  }
}

/**
 * Begins a rebuild. A server that can't prove that its store is the one that sold last learns it from Stripe's
 * sessions, then tries again; `listed` has those sessions.
 */
async function takeTurn(
  context: CheckoutContext,
): Promise<{ turn: "rebuilt" | "begun" | "elsewhere"; listed: Listed | null }> {
  const turn = await context.rebuildTurns.begin();
  if (turn !== "unproven") return { turn, listed: null };
  const listed = await listOurs(context);
  const proven = await context.rebuildTurns.begin();
  if (proven === "unproven")
    throw new UnavailableError("the reservation store was unavailable while payments were being listed");
  return { turn: proven, listed };
}

const idsOf = (found: readonly Found[]): string[] => found.map(({ session }) => session.id);

interface Listed {
  readonly open: readonly Found[];
  readonly complete: readonly Found[];
}

/** Stripe keeps a page open for at most 24 hours; the rest allows for clock skew. */
const LONGEST_OPEN_MS = 26 * 3_600_000;

/** This shop's sessions in the window. Also learns their epochs. */
async function listOurs(context: CheckoutContext): Promise<Listed> {
  const createdSince = windowStart(context);
  const mayBeOpen = context.clock.wall() - LONGEST_OPEN_MS;
  const opened = findOurs(context, { status: "open", createdSince });
  const [open, latest, older] = await Promise.all([
    opened,
    // Listed after the open ones, so that a session paid in between appears in at least one list.
    opened.then(() => findOurs(context, { status: "complete", createdSince: mayBeOpen })),
    findOurs(context, { status: "complete", createdSince, createdBefore: mayBeOpen }),
  ]);
  const complete = [...latest, ...older];
  context.rebuildTurns.learn([...open, ...complete].flatMap(({ record }) => record.epoch ?? []));
  return { open, complete };
}

/** Newest first. */
async function findOurs(context: CheckoutContext, query: Parameters<StripeGateway["visit"]>[0]): Promise<Found[]> {
  const found: Found[] = [];
  await context.gateway.visit(query, (session) => {
    const record = readOrReport(context, session);
    if (record !== null) found.push({ session, record });
  });
  return found.sort((one, other) => other.session.createdAt - one.session.createdAt);
}

/**
 * Restores missing claims and returns their number. A session with a verdict is never sold again, so it gets no hold.
 */
async function restoreAll(context: CheckoutContext, sessions: readonly Found[]): Promise<number> {
  const { store } = context.reservations;
  let restored = 0;
  for (const { session, record } of sessions) {
    if (record.verdict !== null) continue;
    const claim = await store.findClaim(record.claimId);
    if (claim === null) {
      await store.restore(claimOf(session, record));
      restored += 1;
    } else if (claim.checkoutId === null) {
      // The stamp was lost. Without it the sweep would end this claim after a minute, unless it finds the page in
      // Stripe's list.
      await store.stamp({ claimId: claim.claimId, checkoutId: session.id });
    }
  }
  return restored;
}

async function closeUnclaimed(context: CheckoutContext, open: readonly Found[]): Promise<number> {
  for (const { session, record } of open) {
    if ((await context.reservations.store.findClaim(record.claimId)) !== null) continue;
    // Make sure that the claim ended by itself: the store may have lost its data since this round began.
    if ((await context.rebuildTurns.begin()) !== "rebuilt")
      throw new UnavailableError("the reservation store lost its data");
    await closeClaim(context, claimOf(session, record), "stock");
  }
  return 0;
}

function isFinished(record: CheckoutRecord): boolean {
  const marks = new Set(record.lines.map((line) => line.state.mark));
  if (marks.has("intent") || marks.has("return_intent")) return false;
  return record.verdict === "refunded"
    ? !marks.has("done")
    : record.verdict === null && marks.size === 1 && marks.has("done");
}

function isAnnounced({ record }: Found): boolean {
  return record.lines.some(({ state }) => state.mark === "intent" || state.mark === "return_intent");
}
