import { randomBytes } from "node:crypto";
import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { UnavailableError } from "~/errors";
import type { BatchResult, Follower } from "./batches";
import { productKeys, type Predecessor } from "./lease-work.server";
import type { Batch, CheckoutRecord, LineState, MarkedLine } from "./line-marks";
import { moveStock, type Move } from "./move-stock.server";

/**
 * Followers' marks are written concurrently: two full batches still pass Stripe's rate limit within the time limit of a
 * write.
 */
const MAX_FOLLOWERS = 23;

/** The checkout's only line if it can be part of a batch, else null. */
export function batchableLine({ lines, verdict, review, batch }: CheckoutRecord): MarkedLine | null {
  const [line, ...others] = lines;
  const isUntouched = line?.state.mark === "claimed" && verdict === null && review === null && batch === undefined;
  return isUntouched && others.length === 0 ? line : null;
}

/**
 * Like `moveStock`, but includes other checkouts that wait for the same lease. First all followers name the leader.
 * Once Stripe has confirmed each of those writes, the move is announced for all of them on the leader alone, so that
 * one record shows whether all were taken. If the outcome of a follower's write is unknown there is no batch: the
 * leader moves alone, and its record shows the followers that they were not taken.
 */
export async function moveTogether(context: CheckoutContext, leader: Move): Promise<CheckoutRecord> {
  const line = batchableLine(leader.record);
  if (line === null || context.batches.waiting(line.productId, 1).length === 0) return moveStock(context, leader);
  const row = (await context.catalog.readStock([line.productId])).get(line.productId);
  const inventory = row?.inventory ?? null;
  if (inventory === null) return moveStock(context, leader);
  const followers = selectFollowers(context.batches.waiting(line.productId, MAX_FOLLOWERS), inventory - line.quantity);
  if (followers.length === 0) return moveStock(context, leader);

  const moving = moveAsLeader(context, leader, {
    line,
    followers,
    from: inventory,
    version: row?.version ?? undefined,
  });
  for (const follower of followers) follower.follow(moving);
  return (await moving).leader;
}

/** Followers in order of arrival, as long as there is enough stock for all. The rest move alone afterwards. */
function selectFollowers(waiting: readonly Follower[], units: number): Follower[] {
  let left = units;
  const fit: Follower[] = [];
  for (const follower of waiting) {
    const line = batchableLine(follower.record);
    if (line === null || line.quantity > left || !isHeld(follower)) continue;
    left -= line.quantity;
    fit.push(follower);
  }
  return fit;
}

function isHeld(follower: Follower): boolean {
  try {
    follower.held.check();
    return true;
  } catch {
    return false;
  }
}

interface Members {
  readonly line: MarkedLine;
  readonly followers: readonly Follower[];
  readonly from: number;
  readonly version: string | undefined;
}

async function moveAsLeader(
  context: CheckoutContext,
  leader: Move,
  { line, followers, from, version }: Members,
): Promise<BatchResult> {
  const id = randomBytes(5).toString("hex");
  let to = from - line.quantity;
  const writes = followers.map(async ({ session, record, held }) => {
    const batch: Batch = { role: "follows", id, leader: leader.session.id, from: to };
    to -= batchableLine(record)?.quantity ?? 0;
    held.check();
    return [session.id, await context.marks.write(session.id, record, { batch })] as const;
  });
  // All of them before the announcement, which counts for every follower that names it.
  const written = await Promise.allSettled(writes);
  const named = new Map(written.flatMap((write) => (write.status === "fulfilled" ? [write.value] : [])));
  if (named.size < followers.length) return { leader: await moveStock(context, leader), named: new Map() };

  for (const { held } of [leader, ...followers]) held.check();
  const intent: LineState = { mark: "intent", from, to, version };
  const record = await context.marks.write(leader.session.id, leader.record, {
    states: new Map([[line.productId, intent]]),
    batch: { role: "leads", id },
  });
  return { leader: await moveStock(context, { ...leader, record, unsent: new Set([line.productId]) }), named };
}

type FollowerOutcome =
  { readonly outcome: "taken" | "not_taken" | "needs_review"; readonly record: CheckoutRecord } | Predecessor;

/**
 * Outcome for a checkout that follows a batch. `leader`: its record, if the caller has just moved it. A leader whose
 * outcome is not certain yet has to be settled first: until then its announcement may still land.
 */
export async function resolveFollower(
  context: CheckoutContext,
  { session, record, held }: Pick<Move, "session" | "record" | "held">,
  known?: CheckoutRecord,
): Promise<FollowerOutcome> {
  const { batch } = record;
  const [line] = record.lines;
  if (batch?.role !== "follows" || line?.state.mark !== "claimed" || record.verdict !== null)
    return { outcome: "not_taken", record };
  const leader = known ?? (await readLeader(context, batch.leader));
  const [its] = leader.lines;
  const isSameBatch = leader.batch?.role === "leads" && leader.batch.id === batch.id;
  if (its === undefined || its.state.mark === "intent" || isUndecided(leader)) {
    return { outcome: "predecessor", checkoutId: batch.leader, key: productKeys([line.productId])[0] ?? "" };
  }
  // Final, so this checkout may follow or lead another batch.
  if (!isSameBatch) return { outcome: "not_taken", record: { ...record, batch: undefined } };
  if (its.state.mark === "needs_review" && its.state.of === "intent") return { outcome: "needs_review", record };
  held.check();
  const done: LineState = { mark: "done", from: batch.from, to: batch.from - line.quantity };
  return {
    outcome: "taken",
    record: await context.marks.write(session.id, record, { states: new Map([[line.productId, done]]) }),
  };
}

/** Whether the leader's record has no decision yet: its announcement may still land. */
function isUndecided({ lines, verdict, review }: CheckoutRecord): boolean {
  return lines.every(({ state }) => state.mark === "claimed") && verdict === null && review === null;
}

async function readLeader(context: CheckoutContext, checkoutId: string): Promise<CheckoutRecord> {
  const session = await context.gateway.fetch(checkoutId);
  const record = session === null ? null : context.marks.read(session);
  if (record === null) throw new UnavailableError(`cannot read checkout ${checkoutId}, the leader of a batch`);
  return record;
}
