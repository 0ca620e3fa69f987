import { randomBytes } from "node:crypto";
import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { UnavailableError } from "~/errors";
import type { Follower, Moved } from "./batches";
import { productKeys, type Predecessor } from "./lease-work.server";
import type { Batch, CheckoutRecord, LineState, MarkedLine } from "./line-marks";
import { moveStock, type Move } from "./move-stock.server";

/** Their marks are written side by side: two such crowds still get their turn at Stripe in less than the time limit of a write. */
const MOST_FOLLOWERS = 23;

/** The only line of a checkout that a batch may contain. */
export function soleLine({ lines, verdict, review, batch }: CheckoutRecord): MarkedLine | null {
  const [line, ...others] = lines;
  const isUntouched = line?.state.mark === "claimed" && verdict === null && review === null && batch === undefined;
  return isUntouched && others.length === 0 ? line : null;
}

/**
 * `moveStock`, which takes along what waits for the same lease. All followers name the leader, and only when Stripe has confirmed each of
 * those writes is the move announced, on the leader alone and for all of them. So one record tells whether all were taken.
 * A follower whose name may or may not be written makes this no batch: the leader goes alone, and they read from its record that they
 * were not taken.
 */
export async function moveTogether(context: CheckoutContext, leader: Move): Promise<CheckoutRecord> {
  const line = soleLine(leader.record);
  if (line === null || context.batches.waiting(line.productId, 1).length === 0) return moveStock(context, leader);
  const row = (await context.catalog.readStock([line.productId])).get(line.productId);
  const inventory = row?.inventory ?? null;
  if (inventory === null) return moveStock(context, leader);
  const followers = thoseWhoFit(context.batches.waiting(line.productId, MOST_FOLLOWERS), inventory - line.quantity);
  if (followers.length === 0) return moveStock(context, leader);

  const moving = lead(context, leader, { line, followers, from: inventory, version: row?.version ?? undefined });
  for (const follower of followers) follower.follow(moving);
  return (await moving).leader;
}

/** In order of arrival, as long as there is enough for all; the others go alone afterwards. */
function thoseWhoFit(waiting: readonly Follower[], units: number): Follower[] {
  let left = units;
  const fit: Follower[] = [];
  for (const follower of waiting) {
    const line = soleLine(follower.record);
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

async function lead(
  context: CheckoutContext,
  leader: Move,
  { line, followers, from, version }: Members,
): Promise<Moved> {
  const id = randomBytes(5).toString("hex");
  let to = from - line.quantity;
  const writes = followers.map(async ({ session, record, held }) => {
    const batch: Batch = { role: "follows", id, leader: leader.session.id, from: to };
    to -= soleLine(record)?.quantity ?? 0;
    held.check();
    return [session.id, await context.marks.write(session.id, record, { batch })] as const;
  });
  // Each of them, before anything is announced: the move is that of all who name it.
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

type Fate =
  { readonly outcome: "taken" | "not_taken" | "waits_for_a_person"; readonly record: CheckoutRecord } | Predecessor;

/**
 * What became of a checkout that follows a batch; `leader`: its record, where the caller has just moved it. A leader of whom nothing is
 * certain yet has to be settled first: until it was, its announcement may still land.
 */
export async function fateOf(
  context: CheckoutContext,
  { session, record, held }: Pick<Move, "session" | "record" | "held">,
  known?: CheckoutRecord,
): Promise<Fate> {
  const { batch } = record;
  const [line] = record.lines;
  if (batch?.role !== "follows" || line?.state.mark !== "claimed" || record.verdict !== null)
    return { outcome: "not_taken", record };
  const leader = known ?? (await readLeader(context, batch.leader));
  const [its] = leader.lines;
  const isTheirs = leader.batch?.role === "leads" && leader.batch.id === batch.id;
  if (its === undefined || its.state.mark === "intent" || isUndecided(leader)) {
    return { outcome: "predecessor", checkoutId: batch.leader, key: productKeys([line.productId])[0] ?? "" };
  }
  // Certain for ever, so that it may follow, or lead, another one.
  if (!isTheirs) return { outcome: "not_taken", record: { ...record, batch: undefined } };
  if (its.state.mark === "needs_review" && its.state.of === "intent") return { outcome: "waits_for_a_person", record };
  held.check();
  const done: LineState = { mark: "done", from: batch.from, to: batch.from - line.quantity };
  return {
    outcome: "taken",
    record: await context.marks.write(session.id, record, { states: new Map([[line.productId, done]]) }),
  };
}

/** Nothing was written since the batch was to be announced. */
function isUndecided({ lines, verdict, review }: CheckoutRecord): boolean {
  return lines.every(({ state }) => state.mark === "claimed") && verdict === null && review === null;
}

async function readLeader(context: CheckoutContext, checkoutId: string): Promise<CheckoutRecord> {
  const session = await context.gateway.fetch(checkoutId);
  const record = session === null ? null : context.marks.read(session);
  if (record === null) throw new UnavailableError(`the checkout ${checkoutId}, which led a batch, cannot be read`);
  return record;
}
