import { createHash } from "node:crypto";
import { withSet } from "~/reservations/cart-lines";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import type { Line, ReservationStore } from "~/reservations/reservation-store";
import type { ReserveDependencies, ReserveOutcome } from "~/reservations/reserve";
import type { StockRow } from "~/reservations/stock";
import { StockHints } from "~/reservations/stock-hints";
import { storeTiming } from "./describe-reservation-store";
import { ManualClock } from "./manual-clock";
import { steppedStore } from "./stepped-store";

/**
 * Explores every order in which the steps of several calls can happen, using the real store and the real `reserve`.
 *
 * A step is one store operation, one stock read, one row write or one jump of the clock; nothing happens between steps. A
 * path is a sequence of choices of the client that moves next, replayed from the start for each sibling. Paths that reach
 * the same state are explored only once from there. A client is a deterministic program, so its state is every result it
 * received, with its time. The store's state is what it returns for every session and product.
 * Of a finished call or a failed attempt, the state keeps only what its program can still know.
 * A call that backs off wakes only after another client moved; otherwise its next attempt would equal its last.
 */
export interface Scenario {
  readonly name: string;
  readonly stock: Readonly<Record<string, number>>;
  /** The hints that every client has at the start, right or wrong; none by default. */
  readonly hints?: Readonly<Record<string, number>> | undefined;
  /** Runs before the search, on a store without steps. */
  readonly start?: (store: ReservationStore) => Promise<void>;
  readonly clients: Readonly<Record<string, Program>>;
  /** How many of the clients may crash, after any step. */
  readonly crashes?: number;
  /** How often a call may back off before the search stops following it; 1 by default. */
  readonly backsOff?: number;
  /** Checks the state when no step is left. */
  readonly atEnd?: (end: {
    readonly stock: ReadonlyMap<string, number>;
    readonly store: ReservationStore;
    readonly crashed: readonly string[];
  }) => Promise<void>;
  /** With outside edits the invariant depends on reads before them, which then become part of the state. */
  readonly editsStock?: boolean;
}

export type Program = (client: Client) => Promise<void>;

/** What a program can do. Each call is one or more steps. */
export interface Client {
  readonly reserve: (
    sessionHash: string,
    units: Readonly<Record<string, number>>,
  ) => Promise<ReserveOutcome["outcome"]>;
  readonly store: ReservationStore;
  /** Deducts sold units from the row. */
  readonly decrement: (claimId: string, lines: readonly Line[]) => Promise<void>;
  /** Edits the row directly, like a merchant. */
  readonly edit: (productId: string, delta: number) => Promise<void>;
  readonly advance: (milliseconds: number) => Promise<void>;
}

/** An implementation of `reserve`. `atomically` makes several operations one step, for the naive versions. */
export type Reserve = (
  dependencies: ReserveDependencies & {
    readonly atomically: <T>(label: string, act: (store: ReservationStore) => Promise<T>) => Promise<T>;
  },
  request: { readonly sessionHash: string; readonly lines: readonly Line[] },
) => Promise<ReserveOutcome>;

export interface Explored {
  readonly interleavings: number;
  readonly states: number;
}

export class Oversold extends Error {}

/** Stops a program that has backed off as often as the scenario allows. It leaves nothing pending. */
class GivesUp extends Error {}

export async function explore(scenario: Scenario, reserve: Reserve): Promise<Explored> {
  const known = new Map<string, number>();
  const below = async (run: Run): Promise<number> => {
    const state = await run.state();
    const counted = known.get(state);
    if (counted !== undefined) return counted;
    const choices = run.choices();
    if (choices.length === 0) await run.checkEnd();
    let interleavings = choices.length === 0 ? 1 : 0;
    const path = [...run.path];
    for (const [nth, choice] of choices.entries()) {
      const next = nth === 0 ? run : await replayed(scenario, reserve, path);
      await next.take(choice);
      await next.checkStep();
      interleavings += await below(next);
    }
    known.set(state, interleavings);
    return interleavings;
  };
  const interleavings = await below(await replayed(scenario, reserve, []));
  return { interleavings, states: known.size };
}

async function replayed(scenario: Scenario, reserve: Reserve, path: readonly Choice[]): Promise<Run> {
  const run = new Run(scenario, reserve);
  await run.start();
  for (const choice of path) await run.take(choice);
  return run;
}

interface Choice {
  readonly does: "step" | "crash";
  readonly client: string;
}

interface Task {
  readonly name: string;
  /** Set while the program waits for its next step. */
  parked: { readonly label: string; readonly resume: () => void; readonly backsOffSince: number | null } | null;
  /** Called when the program has parked or ended. */
  settled: () => void;
  state: "running" | "done" | "crashed";
  error: Error | null;
  lastLabel: string;
  /** Every result that the program received, with its time. */
  history: string;
  /** Separate for each client, as if each had its own server. */
  readonly hints: StockHints;
}

/** A call of `reserve`, for the invariant with outside edits. */
interface Operation {
  readonly client: string;
  readonly placedAt: number;
  confirmedAt: number;
  readonly lines: readonly Line[];
  /** Units that outside edits had removed from the rows when the call read them; null before that. */
  removedAtRead: ReadonlyMap<string, number> | null;
}

class Run {
  readonly path: Choice[] = [];
  readonly #scenario: Scenario;
  readonly #reserve: Reserve;
  readonly #clock = new ManualClock();
  readonly #store = createMemoryReservationStore({ clock: this.#clock, ...storeTiming });
  readonly #stock: Map<string, number>;
  readonly #removed = new Map<string, number>();
  readonly #decremented = new Set<string>();
  readonly #sessions = new Set<string>();
  readonly #operations = new Map<string, Operation>();
  readonly #pending = new Map<Task, Operation>();
  readonly #tasks = new Map<string, Task>();
  readonly #trace: string[] = [];
  #lastConfirmed: Operation | null = null;
  #nextOperation = 0;

  constructor(scenario: Scenario, reserve: Reserve) {
    this.#scenario = scenario;
    this.#reserve = reserve;
    this.#stock = new Map(Object.entries(scenario.stock));
  }

  async start(): Promise<void> {
    await this.#scenario.start?.(this.#store);
    for (const row of (await this.#store.snapshot({ limit: 1_000 })).reservations) this.#sessions.add(row.sessionHash);
    for (const [name, program] of Object.entries(this.#scenario.clients)) {
      const task: Task = {
        name,
        parked: null,
        settled: () => undefined,
        state: "running",
        error: null,
        lastLabel: "",
        history: "",
        hints: this.#hints(),
      };
      this.#tasks.set(name, task);
      await this.#untilSettled(task, () => {
        program(this.#client(task)).then(
          () => this.#end(task, null),
          (error: unknown) =>
            this.#end(task, error instanceof GivesUp ? null : new Error("a call failed", { cause: error })),
        );
      });
    }
  }

  choices(): Choice[] {
    const parked = [...this.#tasks.values()].filter((task) => task.state === "running" && task.parked !== null);
    const awake = parked.filter((task) => !this.#waits(task));
    const next = awake.length > 0 ? awake : parked.slice(0, 1);
    const crashed = [...this.#tasks.values()].filter((task) => task.state === "crashed").length;
    const mayCrash = crashed < (this.#scenario.crashes ?? 0) ? next.filter((task) => task.history !== "") : [];
    return [
      ...next.map((task): Choice => ({ does: "step", client: task.name })),
      ...mayCrash.map((task): Choice => ({ does: "crash", client: task.name })),
    ];
  }

  async take(choice: Choice): Promise<void> {
    this.path.push(choice);
    this.#lastConfirmed = null;
    const task = this.#tasks.get(choice.client);
    if (task === undefined || task.parked === null) throw new Error(`${choice.client} has no step to take`);
    const { parked } = task;
    this.#trace.push(`${task.name}: ${choice.does === "crash" ? "crashes" : parked.label}`);
    task.parked = null;
    if (choice.does === "crash") {
      task.state = "crashed";
      return;
    }
    await this.#untilSettled(task, parked.resume);
  }

  #waits({ parked }: Task): boolean {
    return parked !== null && parked.backsOffSince !== null && parked.backsOffSince >= this.#trace.length;
  }

  async state(): Promise<string> {
    const productIds = [...this.#stock.keys()];
    const seen: unknown[] = [this.#clock.now(), ...this.#stock.values(), ...this.#decremented];
    for (const sessionHash of this.#sessions) {
      seen.push(sessionHash, await this.#store.view(sessionHash), [
        ...(await this.#store.held({ sessionHash, productIds })).values(),
      ]);
    }
    for (const task of this.#tasks.values()) {
      seen.push(
        task.state,
        task.parked?.label,
        this.#waits(task),
        task.history,
        productIds.map((productId) => task.hints.get(productId)),
      );
    }
    if (this.#scenario.editsStock === true) seen.push(...this.#removed, this.#readBeforeEdits());
    return createHash("sha1").update(JSON.stringify(seen)).digest("base64");
  }

  /** Checks that no unit was promised or sold that is not on hand. */
  async checkStep(): Promise<void> {
    for (const [productId, onHand] of this.#stock) {
      if (onHand < 0) this.#fail(`${productId}: ${onHand} on hand`);
      const allowance = this.#allowance(productId);
      if (allowance === null) continue;
      const promised = await this.#promised(productId);
      if (promised > onHand + allowance) this.#fail(`${productId}: ${promised} promised, ${onHand} on hand`);
    }
  }

  async checkEnd(): Promise<void> {
    const tasks = [...this.#tasks.values()];
    const crashed = tasks.filter((task) => task.state === "crashed").map((task) => task.name);
    try {
      if (crashed.length === 0) {
        for (const task of tasks) if (task.error !== null) throw task.error;
        const held = await this.#store.held({ sessionHash: null, productIds: [...this.#stock.keys()] });
        for (const [productId, { pendingUnits }] of held) {
          if (pendingUnits > 0)
            throw new Error(`${pendingUnits} units of ${productId} are pending for calls that have ended`);
        }
      }
      await this.#scenario.atEnd?.({ stock: this.#stock, store: this.#store, crashed });
    } catch (error) {
      throw new Error(`${this.#scenario.name}: wrong at the end of\n${this.#trace.join("\n")}`, { cause: error });
    }
  }

  /**
   * Units that may be promised beyond the stock; null if this step cannot be judged. Without outside edits: 0 after every
   * step. With them only a confirm can be judged, and may exceed the stock by the units removed from the row since this
   * call, or one that overlapped with it, read the row.
   */
  #allowance(productId: string): number | null {
    if (this.#scenario.editsStock !== true) return 0;
    const latest = this.#lastConfirmed;
    if (latest?.lines.some((line) => line.productId === productId && line.quantity > 0) !== true) return null;
    const overlapping = [...this.#operations.values()].filter((each) => each.confirmedAt > latest.placedAt);
    const removedAtReads = overlapping.flatMap(({ removedAtRead }) =>
      removedAtRead === null ? [] : [removedAtRead.get(productId) ?? 0],
    );
    return (this.#removed.get(productId) ?? 0) - Math.min(...removedAtReads);
  }

  /** The part of the past that `#allowance` needs: the reads of each pending call and of the calls it overlapped with. */
  #readBeforeEdits(): unknown {
    const operations = [...this.#operations.values()];
    const readBy = ({ removedAtRead }: Operation) => (removedAtRead === null ? null : [...removedAtRead]);
    return operations
      .filter((each) => each.confirmedAt === Infinity)
      .map((each) => ({
        client: each.client,
        read: readBy(each),
        overlapped: operations
          .filter(({ confirmedAt }) => confirmedAt !== Infinity && confirmedAt > each.placedAt)
          .map(readBy),
      }))
      .sort((a, b) => (a.client < b.client ? -1 : 1));
  }

  async #promised(productId: string): Promise<number> {
    const unitsIn = (lines: readonly Line[]) => lines.find((line) => line.productId === productId)?.quantity ?? 0;
    let promised = 0;
    for (const sessionHash of this.#sessions) promised += unitsIn((await this.#store.view(sessionHash)).lines);
    for (const claim of await this.#store.claims({ olderThanMs: 0 })) {
      if (!this.#decremented.has(claim.claimId)) promised += unitsIn(claim.lines);
    }
    return promised;
  }

  #fail(fact: string): never {
    throw new Oversold(`${this.#scenario.name}: ${fact} after\n${this.#trace.join("\n")}`);
  }

  #client(task: Task): Client {
    const step = <T>(label: string, act: () => Promise<T>) => this.#step(task, label, act);
    return {
      store: this.#gated(task),
      reserve: async (sessionHash, units) => {
        this.#sessions.add(sessionHash);
        const lines = Object.entries(units).map(([productId, quantity]) => ({ productId, quantity }));
        const before = task.history;
        const { outcome } = await this.#reserve(this.#dependencies(task), { sessionHash, lines });
        const { lines: granted } = await this.#store.view(sessionHash);
        const missing = withSet(granted, lines).some(
          (line) => !granted.some((each) => serialized(each) === serialized(line)),
        );
        if (outcome === "granted" && missing) throw new Oversold(`${sessionHash} was granted units that are not held`);
        // Only this remains of the call.
        task.history = `${before}${outcome}@${this.#clock.now()};`;
        return outcome;
      },
      decrement: (claimId, lines) =>
        step(`row −${lines.map((line) => `${line.quantity} ${line.productId}`).join(", ")}`, async () => {
          for (const { productId, quantity } of lines) this.#add(productId, -quantity);
          this.#decremented.add(claimId);
        }),
      edit: (productId, delta) =>
        step(`edit ${productId} ${delta}`, async () => {
          this.#add(productId, delta);
          this.#removed.set(productId, (this.#removed.get(productId) ?? 0) + Math.max(0, -delta));
        }),
      advance: (milliseconds) => step(`clock +${milliseconds} ms`, async () => this.#clock.advance(milliseconds)),
    };
  }

  #add(productId: string, delta: number): void {
    this.#stock.set(productId, (this.#stock.get(productId) ?? 0) + delta);
  }

  #dependencies(task: Task): Parameters<Reserve>[0] {
    let inCall = `${task.history}calls:`;
    let backedOff = 0;
    let hasRead = false;
    return {
      store: this.#gated(task),
      readStock: (productIds) =>
        this.#step(task, `reads ${productIds.join(", ")}`, async () => {
          const operation = this.#pending.get(task);
          if (operation !== undefined) operation.removedAtRead = new Map(this.#removed);
          hasRead = true;
          return this.#rows(productIds);
        }),
      limits: { maxUnitsPerLine: 100, maxLinesPerCart: 30 },
      hints: task.hints,
      newOperationId: () => `${task.name}-${this.#nextOperation++}`,
      backOff: async () => {
        backedOff += 1;
        if (backedOff > (this.#scenario.backsOff ?? 1)) throw new GivesUp();
        // A call remembers only how many attempts of which kind it made, and the rows if it read them.
        inCall += `${task.lastLabel}${hasRead ? " after a read" : ""};`;
        await this.#step(task, "backs off", async () => undefined, this.#trace.length);
        task.history = inCall;
      },
      atomically: (label, act) => this.#step(task, label, () => act(this.#store)),
    };
  }

  #hints(): StockHints {
    const hints = new StockHints();
    for (const [productId, inventory] of Object.entries(this.#scenario.hints ?? {})) {
      hints.record([productId], new Map([[productId, { name: productId, inventory, active: true }]]));
    }
    return hints;
  }

  #rows(productIds: readonly string[]): ReadonlyMap<string, StockRow> {
    const rows = new Map<string, StockRow>();
    for (const productId of productIds) {
      const inventory = this.#stock.get(productId);
      if (inventory !== undefined) rows.set(productId, { name: productId, inventory, active: true });
    }
    return rows;
  }

  /** The store with each changing operation as one step. */
  #gated(task: Task): ReservationStore {
    const store = this.#store;
    const watched: Pick<ReservationStore, "place" | "confirm" | "abort"> = {
      place: async (request) => {
        const placed = await store.place(request);
        if (placed.outcome === "placed") {
          const placedAt = this.#trace.length;
          const operation: Operation = {
            client: task.name,
            placedAt,
            confirmedAt: Infinity,
            lines: request.lines,
            removedAtRead: null,
          };
          this.#operations.set(request.operationId, operation);
          this.#pending.set(task, operation);
        }
        return placed;
      },
      confirm: async (operation) => {
        const confirmed = await store.confirm(operation);
        const known = this.#operations.get(operation.operationId);
        if (confirmed.outcome === "gone") this.#operations.delete(operation.operationId);
        else if (known !== undefined) {
          known.confirmedAt = this.#trace.length;
          this.#lastConfirmed = known;
        }
        return confirmed;
      },
      abort: async (operation) => {
        await store.abort(operation);
        this.#operations.delete(operation.operationId);
      },
    };
    return steppedStore({ ...steppedStore(store, (_, act) => act()), ...watched }, (label, act) =>
      this.#step(task, label, act),
    );
  }

  async #step<T>(task: Task, label: string, act: () => Promise<T>, backsOffSince: number | null = null): Promise<T> {
    await new Promise<void>((resume) => {
      task.parked = { label, resume, backsOffSince };
      task.settled();
    });
    const result = await act();
    task.lastLabel = label;
    task.history += `${label}@${this.#clock.now()} ${serialized(result)};`;
    return result;
  }

  #end(task: Task, error: Error | null): void {
    task.state = "done";
    task.error = error;
    task.history += String(error?.cause);
    task.settled();
  }

  async #untilSettled(task: Task, go: () => void): Promise<void> {
    await new Promise<void>((settled) => {
      task.settled = settled;
      go();
    });
  }
}

function serialized(result: unknown): string {
  return JSON.stringify(result, (_, value: unknown) =>
    value instanceof Map ? Array.from(value as Map<unknown, unknown>) : value,
  );
}
