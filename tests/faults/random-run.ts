import type { CheckoutDependencies } from "~/checkout/create-checkout.server";
import type { CheckoutRecord, RecordChange } from "~/checkout/fulfil/line-marks";
import { UNSTAMPED_AFTER_MS } from "~/checkout/page/close-checkout.server";
import { createSessionMarks } from "~/checkout/stripe/session-marks.server";
import { decodeRecord } from "~/checkout/stripe/session-metadata";
import {
  CALLS,
  CHECKOUT_TTL_MS,
  createWorld,
  LATE_MS,
  ORIGIN,
  SHOP_TAG,
  TTL_MS,
  type ExternalCall,
  type Fault,
  type Process,
  type World,
} from "../checkout/world";
import { randomFrom } from "../random";
import { patiently } from "./patiently";

export type Parts = (
  real: CheckoutDependencies,
  tools: { world: World; pause: () => Promise<void> },
) => Partial<CheckoutDependencies>;

export interface RunOptions {
  readonly seed: number;
  /** With manual edits of the stock, so shortages, refunds and reviews are expected. */
  readonly edited: boolean;
  /** With shoppers who add and remove lines on Stripe's page. */
  readonly adjusted?: boolean | undefined;
  /** Kinds of faults. Default: all. */
  readonly kinds?: readonly Fault[] | undefined;
  /** Whether rows have versions. Default: for every other seed. */
  readonly versions?: boolean | undefined;
  /** Removes a guard. */
  readonly without?: Parts | undefined;
}

export interface RunReport {
  readonly operations: Record<string, number>;
  readonly faults: Record<string, number>;
  readonly sales: Record<string, number>;
  readonly violations: readonly string[];
}

const SHOPPERS = ["ann", "bob", "cem", "dora", "eve"];
const FAULTS: readonly Fault[] = [
  "refuse",
  "cut",
  429,
  500,
  503,
  "slow",
  "kill before",
  "kill after",
  "lie",
  "lie after",
  "late",
];
/** Calls that may be executed after their client gave up: all that change something. */
const MAY_BE_LATE: readonly string[] = [
  CALLS.swap,
  CALLS.write,
  CALLS.create,
  CALLS.refund,
  `${CALLS.write}${CALLS.expire}`,
];
const STEPS = 30;

/** One run: a seed drives shoppers, faults, kills, edits and events. Checks the invariants after every step. */
export async function randomRun({
  seed,
  edited,
  adjusted = false,
  without,
  kinds = FAULTS,
  versions = seed % 2 === 0,
}: RunOptions): Promise<RunReport> {
  const random = randomFrom(seed);
  const whole = (below: number) => Math.floor(random() * below);
  const pick = <T>(from: readonly T[]): T => {
    const chosen = from[whole(from.length)];
    if (chosen === undefined) throw new Error("nothing to pick from");
    return chosen;
  };
  const pause = async () => {
    for (let turns = whole(4); turns > 0; turns -= 1) await new Promise((resolve) => setImmediate(resolve));
  };

  const operations: Record<string, number> = {};
  const faults: Record<string, number> = {};
  const violations: string[] = [];
  const world = createWorld({
    versions,
    rows: { cup: 1 + whole(3), mug: 1 + whole(2), pot: 2 + whole(4) },
    config: { paymentMethods: seed % 3 === 0 ? ["card", "us_bank_account"] : ["card"] },
  });
  const products = [...world.rows.keys()];
  const ledger = createLedger(world);
  world.table.onSwap = ledger.moved;
  const handedOut: string[] = [];
  /** Pages whose lines were changed, and whether lines of the cart are missing since. */
  const adjustments = new Map<string, "missing" | "extra">();
  const processes: Process[] = [];
  let shop = boot();
  let edits = 0;

  function boot(): Process {
    const process = world.boot({
      pause,
      faults: chance,
      lateMs,
      dependencies: (real) => {
        const observed = ledger.observe(real);
        return { ...observed, ...without?.({ ...real, ...observed }, { world, pause }) };
      },
    });
    processes.push(process);
    return process;
  }

  /** Sets numbers that no sale can announce, so that the documented residual risk does not occur. */
  function edit(): void {
    operations["edit"] = (operations["edit"] ?? 0) + 1;
    edits += 1;
    world.setStock(pick(products), edits * 100 + whole(3));
  }

  let faultRate = 0;
  function chance({ name }: ExternalCall): Fault | null {
    // Between reading a row and its swap.
    if (edited && name === CALLS.write && random() < 0.15) edit();
    // Refunds are rare, so faults at them are more likely.
    if (random() >= (name === CALLS.refund ? 4 * faultRate : faultRate)) return null;
    const fault = pick(kinds);
    if (fault === "late" && !MAY_BE_LATE.includes(name)) return null;
    const kind = fault === "late" ? `late ${name}` : String(fault);
    faults[kind] = (faults[kind] ?? 0) + 1;
    return fault;
  }

  /**
   * Swaps and marks land within the time that the shop waits; a page also after its claim was ended for having none.
   */
  function lateMs({ name }: ExternalCall): number {
    return name === CALLS.swap || name === CALLS.write || random() < 0.5 ? LATE_MS : UNSTAMPED_AFTER_MS + LATE_MS;
  }

  const acts: Record<string, (by: Process) => Promise<unknown>> = {
    change: (by) =>
      by.checkout.changeCart({
        sessionHash: pick(SHOPPERS),
        lines: [{ productId: pick(products), quantity: whole(4) }],
      }),
    release: (by) => by.checkout.release({ sessionHash: pick(SHOPPERS), productIds: "all" }),
    start: async (by) => {
      const started = await by.checkout.start({
        sessionHash: pick(SHOPPERS),
        lines: [{ productId: pick(products), quantity: 1 }],
        origin: ORIGIN,
      });
      if (started.outcome === "redirect") handedOut.push(started.checkoutId);
    },
    payAtStripe: async () => {
      // Occasionally a page in some forgotten tab, otherwise one that can be paid.
      const open = handedOut.filter((id) => world.stripe.session(id)?.status === "open");
      const pages = open.length === 0 || random() < 0.2 ? handedOut : open;
      if (pages.length > 0) world.stripe.pay(pick(pages));
    },
    payLater: async () => (handedOut.length === 0 ? null : world.stripe.payLater(pick(handedOut.slice(-6)))),
    settleLater: async () =>
      handedOut.length === 0 ? null : world.stripe.settle(pick(handedOut), random() < 0.5 ? "succeeded" : "failed"),
    adjust: async () => {
      const page = pick(handedOut.length === 0 ? ["none"] : handedOut);
      if (adjustments.has(page)) return;
      const isLess = random() < 0.5;
      const edit = isLess
        ? ({ action: "set_quantity", line: 0, quantity: 0 } as const)
        : ({ action: "add_line", name: "Gift wrap", unit_amount: 300, quantity: 1 } as const);
      if (world.stripe.edit(page, edit)) adjustments.set(page, isLess ? "missing" : "extra");
    },
    event: (by) => (handedOut.length === 0 ? Promise.resolve(null) : by.checkout.fulfil(pick(handedOut))),
    sweep: (by) => by.checkout.sweep(),
    reconcile: (by) => by.checkout.rebuild(),
  };
  const often = [
    "change",
    "change",
    "start",
    "start",
    "start",
    "payAtStripe",
    "payAtStripe",
    "payAtStripe",
    "event",
    "event",
    "event",
    "sweep",
    "reconcile",
    "release",
    "payLater",
    "settleLater",
    ...(adjusted ? ["adjust", "adjust", "adjust"] : []),
  ];

  for (let step = 0; step < STEPS; step += 1) {
    if (shop.proxy.isDead) {
      shop = boot();
      operations["boot"] = (operations["boot"] ?? 0) + 1;
    }
    if (!shop.checkout.ready) await shop.run(shop.checkout.rebuild());
    faultRate = random() < 0.4 ? 0 : 0.12;
    const by = shop;
    await Promise.all(
      Array.from({ length: 1 + whole(4) }, async () => {
        const act = pick(often);
        operations[act] = (operations[act] ?? 0) + 1;
        for (let beat = whole(6); beat > 0; beat -= 1) await pause();
        if (edited && random() < 0.1) edit();
        await by.run(acts[act]?.(by) ?? Promise.resolve());
      }),
    );
    faultRate = 0;
    await world.landed();
    world.advance(pick([0, 500, 500, 5_000, 5_000, 30_000, 30_000, TTL_MS, CHECKOUT_TTL_MS]));
    await world.landed();
    // A late announcement counts as open, like any other.
    if (random() < 0.3 && !ledger.hasOpenMoves() && world.lateCalls() === 0) {
      const product = pick(products);
      const act = edited ? "edit" : "restock";
      operations[act] = (operations[act] ?? 0) + 1;
      world.setStock(product, edited ? whole(4) : (world.stock(product) ?? 0) + 1 + whole(2));
    }
    violations.push(
      ...ledger.check(`step ${step}`),
      ...takenWithoutVerdict(world, adjustments, `step ${step}`),
      ...(await unheldPages(world, shop, `step ${step}`, (id) => handedOut.includes(id))),
    );
    if (!edited)
      violations.push(
        ...promisesBroken(processes, `step ${step}`),
        ...(await overpromised(world, shop, handedOut, `step ${step}`)),
      );
    if (violations.length > 0) return { operations, faults, sales: {}, violations };
  }
  const last = shop.proxy.isDead ? boot() : shop;
  try {
    await comeToRest(world, last, handedOut, ledger, edited, () => pick(["accept", "refund"] as const));
  } catch (error) {
    violations.push(`at rest: ${String(error)}`);
  }
  violations.push(...ledger.check("at rest"), ...(await ledger.checkAtRest(last)));
  if (!edited) violations.push(...promisesBroken(processes, "at rest"));
  return { operations, faults, sales: ledger.sales(), violations };
}

/** Completes the run: every payment is decided, every event arrives, every deadline passes. */
async function comeToRest(
  world: World,
  shop: Process,
  handedOut: readonly string[],
  ledger: Ledger,
  edited: boolean,
  decide: () => "accept" | "refund",
): Promise<void> {
  shop.heal();
  for (const checkoutId of handedOut) world.stripe.settle(checkoutId, "succeeded");
  for (let round = 0; round < 3; round += 1) {
    await patiently(world, () => shop.checkout.rebuild());
    const [unheld] = await unheldPages(world, shop, "after a rebuild", () => true);
    if (unheld !== undefined) throw new Error(unheld);
    world.advance(CHECKOUT_TTL_MS);
    await world.landed();
    await shop.checkout.sweep();
    for (const checkoutId of handedOut) {
      for (let line = 0; line < 6; line += 1) {
        const outcome = await patiently(world, () => shop.checkout.fulfil(checkoutId));
        if (outcome.outcome !== "needs_review") break;
        if (outcome.reason === "lines_differ") {
          await patiently(world, () => shop.checkout.settle({ checkoutId, verdict: decide() }));
          continue;
        }
        if (!edited) throw new Error(`${checkoutId} needs review without any edit`);
        await ledger.settleAsSeen(shop, checkoutId);
      }
    }
  }
  world.advance(TTL_MS);
}

/** Checks that no stock is taken for a page with missing lines before an operator's verdict. */
function takenWithoutVerdict(
  world: World,
  adjustments: ReadonlyMap<string, "missing" | "extra">,
  when: string,
): string[] {
  return [...adjustments].flatMap(([checkoutId, kind]) => {
    const record = decodeRecord(SHOP_TAG, world.stripe.session(checkoutId)?.metadata ?? {});
    const isTouched =
      record?.lines.some(({ state }) => state.mark !== "claimed") === true && !record.accepted.includes("lines_differ");
    return kind === "missing" && isTouched
      ? [`${when}: ${checkoutId} took stock although Stripe charged for less`]
      : [];
  });
}

/** Checks that every promise is kept. Only valid without outside edits. */
function promisesBroken(processes: readonly Process[], when: string): string[] {
  return processes.flatMap((process) => [
    ...process
      .eventsOf("shortage")
      .map((event) => `${when}: ${event.units} of ${event.productId} were promised but missing`),
    ...process.eventsOf("oversold").map((event) => `${when}: ${event.productId} went below zero`),
    ...process.eventsOf("late_payment").map((event) => `${when}: the claim of ${event.checkoutId} ended without proof`),
  ]);
}

/** Checks that each open page has a hold, since it can be paid. */
async function unheldPages(
  world: World,
  shop: Process,
  when: string,
  isMeant: (checkoutId: string) => boolean,
): Promise<string[]> {
  if (shop.proxy.isDead || !shop.checkout.ready) return [];
  const unheld: string[] = [];
  for (const { id, status, metadata } of world.stripe.sessions()) {
    const record = status === "open" && isMeant(id) ? decodeRecord(SHOP_TAG, metadata) : null;
    if (record !== null && (await shop.store.findClaim(record.claimId)) === null)
      unheld.push(`${when}: ${id} is open without a hold`);
  }
  return unheld;
}

/** Checks that all units granted or claimed and not yet taken are on hand. Valid while no call is running. */
async function overpromised(
  world: World,
  shop: Process,
  handedOut: readonly string[],
  when: string,
): Promise<string[]> {
  if (shop.proxy.isDead) return [];
  const promised = new Map<string, number>();
  const promise = (lines: readonly { productId: string; quantity: number }[]) => {
    for (const { productId, quantity } of lines) promised.set(productId, (promised.get(productId) ?? 0) + quantity);
  };
  for (const sessionHash of SHOPPERS) promise((await shop.store.view(sessionHash)).lines);
  const touched = new Set(
    world.stripe.sessions().flatMap(({ metadata }) => {
      const record = decodeRecord(SHOP_TAG, metadata);
      return record === null || record.lines.every(({ state }) => state.mark === "claimed") ? [] : [record.claimId];
    }),
  );
  for (const { claimId, checkoutId, lines } of await shop.store.claims({ olderThanMs: 0 })) {
    // A page whose URL was never handed out may have a hold after a restart, but promises nothing.
    if (!touched.has(claimId) && (checkoutId === null || handedOut.includes(checkoutId))) promise(lines);
  }
  return [...promised].flatMap(([productId, units]) => {
    const onHand = world.stock(productId) ?? 0;
    return units > onHand ? [`${when}: ${units} of ${productId} are promised, ${onHand} are on hand`] : [];
  });
}

type Ledger = ReturnType<typeof createLedger>;

/** What really happened, known only to the test: which announced moves were applied, and how far each row moved. */
function createLedger(world: World) {
  interface Announced {
    readonly checkoutId: string;
    readonly productId: string;
    readonly of: string;
    applied: boolean;
  }
  const taken = new Map<string, number>();
  const current = new Map<string, Announced>();
  const byLine = new Map<string, Announced>();
  let writes = 0;

  const records = (): { id: string; isPaid: boolean; total: number; record: CheckoutRecord }[] =>
    world.stripe.sessions().flatMap((session) => {
      const record = decodeRecord(SHOP_TAG, session.metadata);
      const isPaid = session.status === "complete" && session.payment_status !== "unpaid";
      return record === null ? [] : [{ id: session.id, isPaid, total: session.amount_total ?? 0, record }];
    });
  const unitsOf = (records_: readonly { record: CheckoutRecord }[], productId: string) =>
    records_
      .flatMap(({ record }) => record.lines)
      .reduce((sum, line) => sum + (line.productId === productId ? line.quantity : 0), 0);

  function announce(checkoutId: string, change: RecordChange): void {
    for (const [productId, state] of change.states ?? []) {
      if (state.mark !== "intent" && state.mark !== "return_intent") continue;
      const move: Announced = { checkoutId, productId, of: state.mark, applied: false };
      current.set(productId, move);
      byLine.set(`${checkoutId} ${productId}`, move);
    }
  }

  return {
    observe(real: CheckoutDependencies): Required<Pick<CheckoutDependencies, "marks">> {
      const marks = createSessionMarks({
        gateway: real.gateway,
        shopTag: real.config.shopTag,
        clock: real.clock,
        newWriteId: () => String((writes += 1)),
      });
      return {
        marks: {
          read: (session) => marks.read(session),
          write(checkoutId, record, change) {
            announce(checkoutId, change);
            return marks.write(checkoutId, record, change);
          },
        },
      };
    },
    /** Reported by the table itself. */
    moved: (productId: string, before: number, after: number): void => {
      taken.set(productId, (taken.get(productId) ?? 0) + before - after);
      const move = current.get(productId);
      if (move !== undefined) move.applied = true;
    },
    hasOpenMoves: () =>
      records().some(({ record }) =>
        record.lines.some(({ state }) => state.mark === "intent" || state.mark === "return_intent"),
      ),
    check(when: string): string[] {
      const paid = records().filter((one) => one.isPaid);
      return [...world.rows].flatMap(([productId, { inventory }]) => {
        const wrong: string[] = [];
        if ((inventory ?? 0) < 0) wrong.push(`${when}: ${productId} has inventory ${inventory}`);
        const units = unitsOf(paid, productId);
        const gone = taken.get(productId) ?? 0;
        if (gone > units) wrong.push(`${when}: ${gone} of ${productId} were taken, ${units} were paid`);
        return wrong;
      });
    },
    sales(): Record<string, number> {
      const paid = records().filter((one) => one.isPaid);
      const refunded = paid.filter(({ record }) => record.verdict !== null).length;
      return { pages: records().length, paid: paid.length, refunded };
    },
    async checkAtRest(shop: Process): Promise<string[]> {
      const paid = records().filter((one) => one.isPaid);
      const refunded = paid.filter(({ record }) => record.verdict !== null);
      const wrong = [...world.rows.keys()].flatMap((productId) => {
        const due = unitsOf(paid, productId) - unitsOf(refunded, productId);
        const gone = taken.get(productId) ?? 0;
        return gone === due ? [] : [`at rest: ${gone} of ${productId} were taken, ${due} were paid and not refunded`];
      });
      const money = (await world.refunds()).reduce((sum, amount) => sum + amount, 0);
      const owed = refunded.reduce((sum, { total }) => sum + total, 0);
      if (money !== owed) wrong.push(`at rest: ${money} were refunded, ${owed} were due`);
      const { units } = await shop.store.totals();
      if (units !== 0) wrong.push(`at rest: ${units} units are still held`);
      return wrong;
    },
    /** The verdict of an operator who knows what happened. */
    async settleAsSeen(shop: Process, checkoutId: string): Promise<void> {
      const record = records().find(({ id }) => id === checkoutId)?.record;
      const line = record?.lines.find(({ state }) => state.mark === "needs_review");
      if (line === undefined) throw new Error(`${checkoutId} needs review, but no line does`);
      const move = byLine.get(`${checkoutId} ${line.productId}`);
      await shop.checkout.settle({
        checkoutId,
        productId: line.productId,
        verdict: move?.applied === true ? "applied" : "not_applied",
      });
    },
  };
}
