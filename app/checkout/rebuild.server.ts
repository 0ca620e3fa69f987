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
 * See `CheckoutService.rebuild`. Where the store came up empty, or lost data, every payment in progress gets its claim
 * back, whatever else is held (`RebuildTurns`: by one server). Otherwise a missing claim was ended by proof, or never handed
 * out: an open page without one is closed, and a payment without one queues like anybody (`late-payment`).
 * The gate opens as soon as nothing is left that a change could spoil; what then still fails is thrown, to be tried again.
 */
export async function rebuildHolds(context: CheckoutContext, gate: RebuildGate): Promise<RebuildReport> {
  const { turn, listed } = await takeTurn(context);
  if (turn === "elsewhere") throw new UnavailableError("another server looks up payments in progress, or is about to");
  const isIntact = turn === "rebuilt";
  if (isIntact) gate.open();
  else gate.close();
  // A list to restore from must be read after the turn began: until then other servers may have opened pages.
  const { open, complete: allComplete } = isIntact && listed !== null ? listed : await listOurs(context);
  const complete = allComplete.filter(({ record }) => !isFinished(record));
  const completeIds = new Set(idsOf(complete));

  const openOnly = open.filter(({ session }) => !completeIds.has(session.id));
  const claimsRestored = isIntact
    ? await closeForgotten(context, openOnly)
    : await restoreAll(context, [...openOnly, ...complete]);
  // Announced moves before any new one: what a row says about them is true only until somebody else moves it. All of them, although one
  // fails, so that what has to be waited for is waited for at one time.
  const settling = isIntact ? context : { ...context, leases: context.rebuildLeases };
  const announced = await fulfilEach(settling, idsOf(complete.filter(isAnnounced)));
  // No lease names what is open now, so nothing may move before it.
  if (!isIntact && announced.failures.length > 0) throw announced.failures[0];
  if (!isIntact && !(await context.rebuildTurns.end())) throw new UnavailableError("the store lost its data again");
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
 * Looks once at each claim whose page Stripe lists neither as open nor as complete: it ended since it was listed, or a replica that took
 * over may have missed that it ended. What Stripe says was paid is fulfilled, what it says expired is released, and what it does not know
 * stays held. Claims without a page are left to the sweep.
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
 * A server that cannot tell whether its store is the one that sold last reads it off Stripe's sessions before it asks again; `listed` is
 * what it then read.
 */
async function takeTurn(
  context: CheckoutContext,
): Promise<{ turn: "rebuilt" | "begun" | "elsewhere"; listed: Listed | null }> {
  const turn = await context.rebuildTurns.begin();
  if (turn !== "unproven") return { turn, listed: null };
  const listed = await listOurs(context);
  const proven = await context.rebuildTurns.begin();
  if (proven === "unproven")
    throw new UnavailableError("the store of holds was out of reach while payments were listed");
  return { turn: proven, listed };
}

const idsOf = (found: readonly Found[]): string[] => found.map(({ session }) => session.id);

interface Listed {
  readonly open: readonly Found[];
  readonly complete: readonly Found[];
}

/** Stripe keeps a page open for 24 hours at most; its clock and ours may differ. */
const LONGEST_OPEN_MS = 26 * 3_600_000;

/** This shop's sessions of the window. Learns their epochs. */
async function listOurs(context: CheckoutContext): Promise<Listed> {
  const createdSince = windowStart(context);
  const mayBeOpen = context.clock.wall() - LONGEST_OPEN_MS;
  const opened = findOurs(context, { status: "open", createdSince });
  const [open, latest, older] = await Promise.all([
    opened,
    // After the open ones: a payment in between is then seen in one of the two lists.
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

/** How many claims the store did not know. What has a verdict is never sold again, so nothing is held for it. */
async function restoreAll(context: CheckoutContext, promised: readonly Found[]): Promise<number> {
  const { store } = context.reservations;
  let restored = 0;
  for (const { session, record } of promised) {
    if (record.verdict !== null) continue;
    const claim = await store.findClaim(record.claimId);
    if (claim === null) {
      await store.restore(claimOf(session, record));
      restored += 1;
    } else if (claim.checkoutId === null) {
      // Its stamp is among what was lost: without it, the claim would end a minute later unless the list finds the page again.
      await store.stamp({ claimId: claim.claimId, checkoutId: session.id });
    }
  }
  return restored;
}

async function closeForgotten(context: CheckoutContext, open: readonly Found[]): Promise<number> {
  for (const { session, record } of open) {
    if ((await context.reservations.store.findClaim(record.claimId)) !== null) continue;
    // Missing because it ended, and not because all were lost since this round began.
    if ((await context.rebuildTurns.begin()) !== "rebuilt") throw new UnavailableError("the store lost its data");
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
