import { UnavailableError } from "~/errors";

import type { RebuildReport } from "./checkout";
import { type CheckoutContext, windowStart } from "./checkout-context.server";
import { claimOf } from "./claims.server";
import { closeClaim } from "./close-checkout.server";
import { fulfilCheckout } from "./fulfil.server";
import type { CheckoutRecord } from "./line-marks";
import type { RebuildGate } from "./rebuild-gate";
import { readOrReport } from "./read-record.server";
import { recheckClaims } from "./page/recheck-claims.server";
import type { StripeSession } from "./stripe-gateway.server";

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
  const turn = await takeTurn(context);
  if (turn === "elsewhere") throw new UnavailableError("another server looks up payments in progress, or is about to");
  const isIntact = turn === "rebuilt";
  if (isIntact) gate.open();
  else gate.close();
  const since = windowStart(context);
  // Open ones first: a payment in between is then seen in one of the two lists.
  const open = await findOurs(context, "open", since);
  const allComplete = await findOurs(context, "complete", since);
  context.rebuildTurns.learn(epochsOf([...open, ...allComplete]));
  const complete = allComplete.filter(({ record }) => !isFinished(record));
  const completeIds = new Set(complete.map(({ session }) => session.id));

  const openOnly = open.filter(({ session }) => !completeIds.has(session.id));
  const claimsRestored = isIntact ? await closeForgotten(context, openOnly) : await restoreAll(context, [...openOnly, ...complete]);
  // Looked at again now that all is held: what was listed as open may have ended in between.
  const stillOpen = new Set((isIntact ? openOnly : await findOurs(context, "open", since)).map(({ session }) => session.id));
  const ended = openOnly.filter(({ session }) => !stillOpen.has(session.id));

  // Announced moves before any new one: what a row says about them is true only until somebody else moves it.
  let fulfilled = 0;
  const settling = isIntact ? context : { ...context, leases: context.rebuildLeases };
  const failures: unknown[] = [];
  for (const { session } of complete.filter(isAnnounced)) {
    try {
      if (await isFulfilledNow(settling, session)) fulfilled += 1;
    } catch (error) {
      // The others are looked at all the same, so that what has to be waited for is waited for at one time.
      failures.push(error);
    }
  }
  // No lease names what is open now, so nothing may move before it.
  if (!isIntact && failures.length > 0) throw failures[0];
  if (!isIntact && !(await context.rebuildTurns.end())) throw new UnavailableError("the store lost its data again");
  gate.open();
  for (const { session } of [...complete.filter((found) => !isAnnounced(found)), ...ended]) {
    try {
      if (await isFulfilledNow(context, session)) fulfilled += 1;
    } catch (error) {
      failures.push(error);
    }
  }
  if (!isIntact) failures.push(...(await recheckClaims(context, new Set([...stillOpen, ...completeIds]))));
  if (failures.length > 0) throw failures[0];
  context.log({ type: "rebuilt", claimsRestored, fulfilled });
  return { claimsRestored, fulfilled };
}

/** A server that cannot tell whether its store is the one that sold last reads it off Stripe's sessions before it asks again. */
async function takeTurn(context: CheckoutContext): Promise<"rebuilt" | "begun" | "elsewhere"> {
  const turn = await context.rebuildTurns.begin();
  if (turn !== "unproven") return turn;
  const since = windowStart(context);
  context.rebuildTurns.learn(epochsOf([...(await findOurs(context, "open", since)), ...(await findOurs(context, "complete", since))]));
  const proven = await context.rebuildTurns.begin();
  if (proven === "unproven") throw new UnavailableError("the store of holds was out of reach while payments were listed");
  return proven;
}

function epochsOf(found: readonly Found[]): string[] {
  return found.flatMap(({ record }) => record.epoch ?? []);
}

async function isFulfilledNow(context: CheckoutContext, session: StripeSession): Promise<boolean> {
  const outcome = await fulfilCheckout(context, session.id);
  return outcome.outcome === "done" && !outcome.repeated;
}

/** Newest first. */
async function findOurs(context: CheckoutContext, status: "open" | "complete", createdSince: number): Promise<Found[]> {
  const found: Found[] = [];
  await context.gateway.visit({ status, createdSince }, (session) => {
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
  return record.verdict === "refunded" ? !marks.has("done") : record.verdict === null && marks.size === 1 && marks.has("done");
}

function isAnnounced({ record }: Found): boolean {
  return record.lines.some(({ state }) => state.mark === "intent" || state.mark === "return_intent");
}
