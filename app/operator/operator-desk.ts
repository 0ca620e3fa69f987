import type { StockMoved, StockRefusal } from "~/checkout/adjust-stock.server";
import type {
  CheckoutInspection,
  ClosePageOutcome,
  EndUnknownOutcome,
  FulfilOutcome,
  SettleOutcome,
  SettleRequest,
} from "~/checkout/checkout";
import type { Line, ReleaseRequest } from "~/reservations/reservation-store";
import type { DriftAudit, OrderBook } from "./orders";

/**
 * What the operator's page shows and does. Types only, so that pages can import them; `createOperatorDesk` wires it.
 *
 * Sessions are identified by their hash and checkouts by Stripe's id; nothing here is personal or secret. Times are epoch
 * milliseconds; durations end in `Ms`. Reads are cached for about a second and shared, so that any number of open pages costs the
 * shop no more than one. "This server" is the process that handles the request; everything else covers the whole shop, on all its
 * servers. Methods throw `UnavailableError` when a dependency is unavailable.
 */
export interface OperatorDesk {
  /** The current state of the shop. Never throws: whatever is unavailable is null. */
  overview(): Promise<Overview>;

  /** The last hour of this server in steps of 15 s, oldest first. Empty right after boot. */
  history(): History;

  /**
   * Lines of this server's log, newest first, without access lines.
   * @example desk.journal({ filter: { text: "cs_test_a1" }, limit: 100 }) // everything about one checkout
   */
  journal(query?: { readonly filter?: JournalFilter; readonly limit?: number }): Journal;

  /** Orders as Stripe reports them: the recent ones, and all that need attention. */
  orders(): Promise<OrderBook>;

  /**
   * Compares what Stripe says was sold with what our marks say was deducted from stock. Reads every paid session of the window, so
   * the page runs it on request only; housekeeping runs it every 15 minutes. Concurrent calls share one audit.
   */
  audit(): Promise<DriftAudit>;
  /** The last audit on this server; null before the first. */
  readonly lastAudit: DriftAudit | null;

  /** Releases a cart's shopping hold, for some products or all. Idempotent. Leaves payment pages alone; see `closePaymentPage`. */
  releaseHold(request: ReleaseRequest): Promise<ReleaseHoldOutcome>;

  /** Closes a payment page and frees its units, but only with proof: Stripe expired it now, or reports it as expired. */
  closePaymentPage(checkoutId: string): Promise<ClosePageOutcome>;

  /** Ends, without proof, the hold of a page that `closePaymentPage` reported as `unknown_page`; see `CheckoutService.endUnknownPage`. */
  endUnknownPage(checkoutId: string): Promise<EndUnknownOutcome>;

  /**
   * Adds `delta` units (negative: removes them). Safe while the shop sells, unlike typing an absolute number into another tool, which
   * overwrites every sale made since its form was opened. Not idempotent.
   */
  restock(request: { readonly productId: string; readonly delta: number }): Promise<StockMoved | StockRefusal>;

  /** Sets the stock to a counted number. Overwrites sales made between the count and this call. */
  setStock(request: { readonly productId: string; readonly inventory: number }): Promise<StockMoved | StockRefusal>;

  /** Applies an operator's decision to an order in `needs_review`; see `CheckoutService.settle`. */
  settle(request: SettleRequest): Promise<SettleOutcome>;

  /** Everything known about a checkout, and what `fulfil` would do next. Changes nothing. Null if Stripe has no such checkout. */
  inspect(checkoutId: string): Promise<CheckoutInspection | null>;

  /** Runs the outstanding steps of a checkout. Idempotent; see `CheckoutService.fulfil`. */
  fulfil(checkoutId: string): Promise<FulfilOutcome>;

  /**
   * Pauses selling on every server within about a second: no session gets units that it does not already hold (503
   * `selling_paused`). Releasing, extending, paying for held units, webhooks and payment deadlines continue. Idempotent.
   * With holds in memory a restart forgets the pause. With Redis it lasts until `resume`, as long as Redis keeps its data or a server
   * that knows of it is running.
   */
  pause(): Promise<Selling>;
  resume(): Promise<Selling>;
}

export interface Selling {
  readonly isPaused: boolean;
  /** When the pause began; null while selling is not paused. */
  readonly pausedAt: number | null;
  /** Why the shop closed itself on this server, and what to do: its products table rejects updates. Null while it accepts them. */
  readonly closedBy: string | null;
}

export interface Overview {
  readonly at: number;
  /** Identifies this process, which distinguishes per-server figures. New at each boot. */
  readonly server: string;
  /** With `memory` there is only one server, and every figure is its own. */
  readonly holdsIn: "memory" | "redis";
  readonly payments: "live" | "test" | "sandbox";
  /** Tag of this shop's Stripe sessions. Goes into FORMER_SHOP_TAGS when environment, table or Supabase URL change. */
  readonly shopTag: string;
  /** False after a start until payments in progress have been recovered. Until then nothing can be sold. */
  readonly isReady: boolean;
  readonly selling: Selling;
  /** As of the last call this server made to each. */
  readonly dependencies: Readonly<Record<"database" | "stripe", "ok" | "failing" | "unknown">> & {
    readonly holds: "memory" | "ok" | "failing";
  };
  /** One sentence each, for the operator. */
  readonly warnings: readonly string[];
  /** Problems with the products table, one sentence each. */
  readonly tableProblems: readonly string[];
  /** Null while the reservation store is unavailable. */
  readonly holds: HoldsOverview | null;
  /** Units sold beyond the stock, and payments that arrived after their hold ended, since this server started. `oversoldUnits` should be 0. */
  readonly oversoldUnits: number;
  readonly latePayments: number;
}

export interface HoldsOverview {
  /** Exact totals over all carts. `shopping` and `checkout` count (cart, product) pairs; `carts` counts carts that hold anything. */
  readonly totals: {
    readonly shopping: number;
    readonly checkout: number;
    readonly units: number;
    readonly carts: number;
    readonly bytes: number;
  };
  /** Products with most units held first, then low stock, lowest first. */
  readonly products: readonly ProductStock[];
  /** Carts at a payment page first, then shopping carts; each by time left. At most 100. */
  readonly carts: readonly HeldCart[];
  /** True if some are not listed: more is held than is scanned or shown. */
  readonly hasMoreProducts: boolean;
  readonly hasMoreCarts: boolean;
  /** False if the catalogue is too large to scan for low stock, or unavailable. Held products are listed anyway. */
  readonly allLowStockListed: boolean;
}

export interface ProductStock {
  readonly productId: string;
  /** Null while the database is unavailable, or if the product has no row. */
  readonly name: string | null;
  /** The inventory in the row, possibly negative. Null if it is not a whole number, the row is gone, or the database is unavailable. */
  readonly onHand: number | null;
  /** Units in all live holds, including pending ones. Null while payments in progress are being recovered. */
  readonly held: number | null;
  /** The part of `held` at a payment page. */
  readonly inCheckout: number | null;
  /** `onHand` − `held`, at least 0. Null if either is null. */
  readonly available: number | null;
  /** 5 units on hand or fewer. */
  readonly isLow: boolean;
}

export interface HeldCart {
  /** Hash of the shopper's session id. */
  readonly sessionHash: string;
  readonly state: "shopping" | "checkout";
  readonly lines: readonly (Line & { readonly name: string | null })[];
  /** Null while shopping, and while the payment page is being opened. */
  readonly checkoutId: string | null;
  readonly claimId: string | null;
  /** Time until the hold lapses (shopping) or we close the payment page (checkout). A page at 0 is due; its units stay held until it is proven closed. */
  readonly endsInMs: number | null;
}

export interface History {
  readonly stepMs: number;
  readonly steps: readonly HistoryStep[];
  /** Sums over all steps. */
  readonly totals: Omit<HistoryStep, "at" | "activeHolds" | "heldUnits">;
  /** Shares of the ended holds that expired and that were bought, from 0 to 1. Null if none ended. */
  readonly expiryRate: number | null;
  readonly purchaseRate: number | null;
  /** Units refused because other carts held them, most first. At most 20 products. */
  readonly missedSales: readonly MissedSales[];
}

/** Activity on this server in one step. `activeHolds` and `heldUnits` cover the whole shop, at the end of the step. */
export interface HistoryStep {
  /** The end of the step. */
  readonly at: number;
  /** Null if the reservation store was unavailable. */
  readonly activeHolds: number | null;
  readonly heldUnits: number | null;
  /** Cart changes. */
  readonly granted: number;
  readonly refused: number;
  /** Holds, per cart and product, by how they ended. */
  readonly expired: number;
  readonly completed: number;
  /** Released by the shopper or an operator, or with an unpaid payment page. */
  readonly released: number;
  readonly latePayments: number;
  readonly oversoldUnits: number;
}

export interface MissedSales {
  readonly productId: string;
  readonly name: string | null;
  /** Sum of the largest unmet request of each cart within the hour. Repeated tries count once. */
  readonly units: number;
  readonly carts: number;
}

export type JournalLevel = "debug" | "info" | "warn" | "error";

/** All given criteria must match. */
export interface JournalFilter {
  /**
   * Any part of a line, ignoring case. A checkout id (`cs_…`) finds all lines of that checkout, of its claim, and of its cart up to the
   * payment, whether or not they have the id, and no line of another checkout.
   */
  readonly text?: string | undefined;
  /** This level and above. */
  readonly level?: JournalLevel | undefined;
  /** One of `Journal.events`, exactly. */
  readonly event?: string | undefined;
}

export interface Journal {
  readonly lines: readonly JournalLine[];
  /** More lines match than are returned. */
  readonly hasMore: boolean;
  /** Names of all events in the journal, sorted. */
  readonly events: readonly string[];
  /** The journal is complete since this time; null if it is empty. */
  readonly since: number | null;
}

export interface JournalLine {
  /** Sequence number, ascending. */
  readonly n: number;
  readonly at: number;
  readonly level: JournalLevel;
  /** The line's message. */
  readonly event: string;
  /** All other fields as text: strings verbatim, anything else as JSON, errors as name, message and causes without stacks. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
}

export type ReleaseHoldOutcome =
  | { readonly outcome: "released"; readonly lines: readonly Line[] }
  | { readonly outcome: "nothing_held" }
  /** The units are at a payment page. Nothing changed. */
  | { readonly outcome: "in_checkout"; readonly checkoutId: string | null };

export type { ClosePageOutcome, EndUnknownOutcome };
