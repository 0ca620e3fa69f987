import type { MarkStore } from "~/checkout/fulfil/line-marks";
import type { StripeSession } from "~/checkout/stripe/gateway";
import { createSessionMarks } from "~/checkout/stripe/session-marks.server";
import { createWorld, SHOP_TAG, type ExternalCall, type Fault, type Process, type World } from "../checkout/world";

/** Ann gets the lease first and leads the batch. */
const SALES = { ann: 1, bob: 2, cem: 3 };
export const UNITS = 6;
/** Three fetches, three reads of lines, one of the row, two names, the announcement, the swap, three done marks. */
export const CALLS_OF_A_BATCH = 14;
export const START_STOCK = 20;

export type Marks = MarkStore<StripeSession>;

export interface StoryOptions {
  /** Number of the external call, counted from the events, at which the fault happens. */
  readonly at: number;
  readonly fault?: Fault | undefined;
  /** Runs before that call. */
  readonly before?: ((world: World) => void) | undefined;
  /** Whether a new process continues. */
  readonly reboot?: boolean;
  /** Which checkout is retried first afterwards. */
  readonly order?: "first" | "last";
  readonly marks?: ((real: Marks) => Marks) | undefined;
}

export interface Story {
  readonly world: World;
  readonly next: Process;
  readonly checkoutIds: readonly string[];
  readonly calls: readonly ExternalCall[];
  /** Sum of all swaps. */
  readonly taken: number;
  readonly outcomes: readonly string[];
}

/**
 * Runs sales of one product whose events come together, with a fault at one call, then fulfils all once more. Null if
 * there are fewer calls.
 */
export async function runBatch({
  at,
  fault,
  before,
  reboot = false,
  order = "first",
  marks = (real) => real,
}: StoryOptions): Promise<Story | null> {
  const world = createWorld({ rows: { mug: START_STOCK } });
  const open = () =>
    world.open({
      dependencies: ({ gateway, clock }) => ({
        marks: marks(createSessionMarks({ gateway, shopTag: SHOP_TAG, clock })),
      }),
    });
  const first = await open();
  const checkoutIds: string[] = [];
  for (const [shopper, mug] of Object.entries(SALES)) checkoutIds.push(await first.pay(shopper, { mug }));
  for (const id of checkoutIds) world.stripe.pay(id);
  let taken = 0;
  world.table.onSwap = (_productId, from, to) => (taken += from - to);

  const calls: ExternalCall[] = [];
  const offset = first.proxy.count;
  first.setFaults((call) => {
    calls.push(call);
    if (call.n !== offset + at) return null;
    before?.(world);
    return fault ?? null;
  });
  await Promise.all(checkoutIds.map((id) => first.run(first.checkout.fulfil(id))));
  if (calls.length < at) return null;
  await world.landed();
  const next = reboot ? await open() : first;
  next.heal();
  const outcomes: string[] = [];
  for (const id of order === "first" ? checkoutIds : checkoutIds.toReversed()) {
    const again = await next.run(next.checkout.fulfil(id));
    outcomes.push(typeof again === "object" && "outcome" in again ? again.outcome : String(again));
  }
  return { world, next, checkoutIds, calls, taken, outcomes };
}

/** The first error of a run that should have sold everything, or null. */
export async function findError(
  { world, next, taken, outcomes }: Story,
  stock = START_STOCK - UNITS,
): Promise<string | null> {
  const seen = {
    taken,
    stock: world.stock(),
    outcomes: [...new Set(outcomes)],
    refunds: await world.refunds(),
    held: (await next.store.totals()).units,
  };
  const expected = { taken: UNITS, stock, outcomes: ["done"], refunds: [], held: 0 };
  return JSON.stringify(seen) === JSON.stringify(expected) ? null : JSON.stringify(seen);
}

/** Repeats the run with its fault at each call in turn. Returns the first error and the number of calls. */
export async function atEachCall(
  options: Omit<StoryOptions, "at">,
  wrong: (story: Story, at: number) => Promise<string | null>,
): Promise<{ calls: number; wrong: string | null }> {
  for (let at = 1; ; at += 1) {
    const story = await runBatch({ ...options, at });
    if (story === null) return { calls: at - 1, wrong: null };
    const found = await wrong(story, at);
    if (found !== null) return { calls: at, wrong: `call ${at}: ${found}` };
  }
}
