import type { StockMoved, StockRefusal } from "~/checkout/adjust-stock.server";
import type {
  CheckoutInspection,
  ClosePageOutcome,
  EndUnknownOutcome,
  FulfilOutcome,
  SettleOutcome,
  SettleRequest,
} from "~/checkout/checkout";
import type { Line } from "~/reservations/reservation-store";
import type { DriftAudit, OrderBook } from "./orders";

/**
 * What an operator's page shows and does. Types only, so that pages may import it; `createOperatorDesk` wires it.
 *
 * Sessions are known by their hash and checkouts by Stripe's id; nothing personal and no secret is told. Times are epoch
 * milliseconds; durations end in `Ms`. What reads is kept for a second or so and shared by all who ask, so that any number of open
 * pages costs the shop no more than one. "This server" is the process that answers; everything else is the shop's, on however many
 * servers it runs. Methods throw `UnavailableError` where nothing can be told or done because something outside does not answer.
 */
export interface OperatorDesk {
  /** How the shop stands now. Whatever does not answer reads as null; it does not throw. */
  overview(): Promise<Overview>;

  /** The last hour of this server, oldest first, in steps of 15 s. Empty right after boot. */
  history(): History;

  /** Lines of this server's log, newest first; see `JournalFilter`. Access lines are not among them. */
  journal(query?: { readonly filter?: JournalFilter; readonly limit?: number }): Journal;

  /** Orders as Stripe knows them: the recent ones, and all that wait for a person. */
  orders(): Promise<OrderBook>;

  /**
   * What Stripe says was sold against what our marks say was taken from the stock. Reads every paid session of the window, so it is
   * asked for by a button and not by a timer of the page; housekeeping does it every 15 minutes. Who asks while one runs shares it.
   */
  audit(): Promise<DriftAudit>;
  /** What the last audit of this server found; null before the first. */
  readonly lastAudit: DriftAudit | null;

  /** Gives back what a cart holds for shopping, some products or all. A payment page is not touched: `closePaymentPage` does that. */
  releaseHold(request: {
    readonly sessionHash: string;
    readonly productIds: readonly string[] | "all";
  }): Promise<ReleaseHoldOutcome>;

  /** Ends a payment page and frees its units, by proof only: Stripe expired it, or says that it is expired. */
  closePaymentPage(checkoutId: string): Promise<ClosePageOutcome>;

  /** Ends the hold of a page of which `closePaymentPage` says `unknown_page`, without proof; see `CheckoutService.endUnknownPage`. */
  endUnknownPage(checkoutId: string): Promise<EndUnknownOutcome>;

  /**
   * Adds `delta` units (negative: takes away), whatever is sold meanwhile. The way to restock while the shop sells: a number that is
   * typed into another tool's form is absolute, and writes over every unit that was sold since that form was opened.
   */
  restock(request: { readonly productId: string; readonly delta: number }): Promise<StockMoved | StockRefusal>;

  /** Sets the stock to a number, for a count of the shelf. Sales between the count and this call are undone by it. */
  setStock(request: { readonly productId: string; readonly inventory: number }): Promise<StockMoved | StockRefusal>;

  /** An operator's decision about an order that `needs_review`; see `CheckoutService.settle`. */
  settle(request: SettleRequest): Promise<SettleOutcome>;

  /** What is known of a checkout and what `fulfil` would do next, without doing it. Null: Stripe knows no such checkout. */
  inspect(checkoutId: string): Promise<CheckoutInspection | null>;

  /** Does what is still to do for a checkout; see `CheckoutService.fulfil`. */
  fulfil(checkoutId: string): Promise<FulfilOutcome>;

  /**
   * Stops selling on every server, within a second or so: nobody gets units that they do not hold already (503 `selling_paused`).
   * Releasing, extending, paying for what is held, webhooks and payment deadlines go on. Pausing twice is pausing once.
   * With holds in memory a restart forgets it; with Redis it stays until `resume`, as long as a server that heard of it runs or Redis keeps its data.
   */
  pause(): Promise<Selling>;
  resume(): Promise<Selling>;
}

export interface Selling {
  readonly isPaused: boolean;
  /** Since when; null while the shop sells. */
  readonly pausedAt: number | null;
  /** Why the shop closed itself on this server, and what to do: its products table takes no updates. Null while it does. */
  readonly closedBy: string | null;
}

export interface Overview {
  readonly at: number;
  /** Names this process, so that figures of "this server" can be told apart; new at each boot. */
  readonly server: string;
  /** `memory`: there is one server only, and all figures are its own. */
  readonly holdsIn: "memory" | "redis";
  readonly payments: "live" | "test" | "sandbox";
  /** Of this shop's Stripe sessions: needed once more when environment, table or Supabase URL change. */
  readonly shopTag: string;
  /** False until payments in progress were looked up after a start: until then nothing can be sold. */
  readonly isReady: boolean;
  readonly selling: Selling;
  /** When they were last asked by this server. */
  readonly dependencies: Readonly<Record<"database" | "stripe", "ok" | "failing" | "unknown">> & {
    readonly holds: "memory" | "ok" | "failing";
  };
  /** A sentence each, for a person. */
  readonly warnings: readonly string[];
  /** What is wrong with the products table; a sentence each. */
  readonly tableFaults: readonly string[];
  /** Null while the store of holds does not answer. */
  readonly holds: HoldsOverview | null;
  /** Units sold beyond the stock, and payments whose hold was gone, counted by this server since it started. The first must be 0. */
  readonly oversoldUnits: number;
  readonly latePayments: number;
}

export interface HoldsOverview {
  /** Exact, over all carts. `shopping` and `checkout` count (cart, product) pairs; `carts` with anything held. */
  readonly totals: {
    readonly shopping: number;
    readonly checkout: number;
    readonly units: number;
    readonly carts: number;
    readonly bytes: number;
  };
  /** Those with most units held first, then those that are short, fewest first. */
  readonly products: readonly ProductStock[];
  /** At a payment page first, oldest first; then those that lapse soonest. At most 100. */
  readonly carts: readonly HeldCart[];
  /** Some are not listed: more is held than is looked through for one page, or than is shown. */
  readonly hasMoreProducts: boolean;
  readonly hasMoreCarts: boolean;
  /** False when the catalogue has more rows than are looked through for short ones, or did not answer. What is held is listed anyhow. */
  readonly allShortListed: boolean;
}

export interface ProductStock {
  readonly productId: string;
  /** Null while the database does not answer, and for a product without a row. */
  readonly name: string | null;
  /** The row's inventory as it is: may be negative; null when it is no whole number, the row is gone, or the database does not answer. */
  readonly onHand: number | null;
  /** Units in all live holds, undecided ones included; null while payments in progress are still being looked up. */
  readonly held: number | null;
  /** Of these, units at a payment page. */
  readonly inCheckout: number | null;
  /** `onHand` − `held`, not below 0; null where one of them is. */
  readonly available: number | null;
  /** Sold out or nearly (5 units on hand at most). */
  readonly isShort: boolean;
}

export interface HeldCart {
  /** Hash of the shopper's session id. */
  readonly sessionHash: string;
  readonly state: "shopping" | "checkout";
  readonly lines: readonly (Line & { readonly name: string | null })[];
  /** Of a payment page; null when shopping, and while the page is being opened. */
  readonly checkoutId: string | null;
  readonly claimId: string | null;
  /** Shopping: until the hold lapses. Checkout: until we close the page, 0 when that is due; its units are held until that is proven. */
  readonly endsInMs: number | null;
}

export interface History {
  /** Of one step. */
  readonly stepMs: number;
  readonly steps: readonly HistoryStep[];
  /** Over all steps. */
  readonly totals: Omit<HistoryStep, "at" | "activeHolds" | "heldUnits">;
  /** Of holds that ended: the share that lapsed, and the share that was sold; 0 to 1, null when none ended. */
  readonly expiryRate: number | null;
  readonly purchaseRate: number | null;
  /** Units that were asked for and refused because other carts held them, most first, at most 20 products. */
  readonly missedSales: readonly MissedSales[];
}

/** What happened on this server in one step; only `activeHolds` and `heldUnits` are the whole shop's, at its end. */
export interface HistoryStep {
  /** The end of the step. */
  readonly at: number;
  /** Null while the store of holds did not answer. */
  readonly activeHolds: number | null;
  readonly heldUnits: number | null;
  /** Changes of a cart. */
  readonly granted: number;
  readonly refused: number;
  /** Holds (cart and product) by how they ended. */
  readonly expired: number;
  readonly completed: number;
  /** Given back by the shopper or an operator, or with a payment page that nobody paid. */
  readonly givenBack: number;
  readonly latePayments: number;
  readonly oversoldUnits: number;
}

export interface MissedSales {
  readonly productId: string;
  readonly name: string | null;
  /** Of each cart its largest unmet wish within the hour: who tries again is not counted again. */
  readonly units: number;
  readonly carts: number;
}

export type JournalLevel = "debug" | "info" | "warn" | "error";

/** All that is given must fit. */
export interface JournalFilter {
  /**
   * Any part of a line, in any case. A checkout id (`cs_…`) finds all lines of that checkout, of its claim, and of its cart up to the
   * payment, whether they bear the id or not; and no line of another checkout.
   */
  readonly text?: string | undefined;
  /** This level and above. */
  readonly level?: JournalLevel | undefined;
  /** Exactly one of `Journal.events`. */
  readonly event?: string | undefined;
}

export interface Journal {
  readonly lines: readonly JournalLine[];
  /** More lines fit than are told. */
  readonly hasMore: boolean;
  /** Names of all events that are remembered, sorted. */
  readonly events: readonly string[];
  /** Since when all lines are remembered; null when there are none. */
  readonly since: number | null;
}

export interface JournalLine {
  /** Ascending. */
  readonly n: number;
  readonly at: number;
  readonly level: JournalLevel;
  /** The line's message. */
  readonly event: string;
  /** The rest, as text: ids as they are, anything else as JSON. An error is its name, message and causes, without stacks. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
}

export type ReleaseHoldOutcome =
  | { readonly outcome: "released"; readonly lines: readonly Line[] }
  | { readonly outcome: "nothing_held" }
  /** Its units are at a payment page. Nothing changed. */
  | { readonly outcome: "in_checkout"; readonly checkoutId: string | null };

export type { ClosePageOutcome, EndUnknownOutcome };
