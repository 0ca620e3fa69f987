import type { Catalog } from "~/catalog/catalog";
import { adjustStock, type StockAdjustment, type StockMoved, type StockRefusal } from "~/checkout/adjust-stock.server";
import type { Checkout } from "~/checkout/create-checkout.server";
import type { Clock } from "~/reservations/clock";
import { release } from "~/reservations/release";
import type { ReservationStore } from "~/reservations/reservation-store";
import { cacheRead } from "./cached-read";
import type { DriftAudits } from "./drift-audits.server";
import type { Counts, HistoryKeeper } from "./history";
import type { JournalKeeper } from "./journal";
import type { OperatorDesk, Overview } from "./operator-desk";
import { createOrderBook } from "./order-book.server";
import { createHoldsOverview } from "./overview.server";
import type { SellingSwitch } from "./selling-switch";

const OVERVIEW_TTL_MS = 1_000;

export interface OperatorDeskParts {
  readonly store: ReservationStore;
  readonly catalog: Catalog;
  readonly checkout: Pick<
    Checkout,
    "ready" | "orders" | "failedRefunds" | "close" | "endUnknownPage" | "settle" | "editStock" | "inspect" | "fulfil"
  >;
  readonly selling: SellingSwitch;
  readonly journal: JournalKeeper;
  readonly history: HistoryKeeper;
  readonly audits: DriftAudits;
  readonly counts: () => Promise<Counts>;
  readonly clock: Clock;
  readonly checkoutTtlMs: number;
  /** As in `ReserveDependencies`. */
  readonly backOff: () => Promise<void>;
  readonly server: string;
  readonly payments: Overview["payments"];
  readonly shopTag: string;
  /** Whether Stripe's dashboard shows the payments. False with a stand-in for Stripe. */
  readonly hasDashboard: boolean;
  /** The current state of this server and its dependencies. */
  readonly diagnostics: () => Pick<Overview, "dependencies" | "warnings" | "tableProblems">;
  readonly log: { warn(facts: object, message: string): void };
}

/** Wires the operator module. Every action is logged with its outcome. */
export function createOperatorDesk(parts: OperatorDeskParts): OperatorDesk {
  const { store, catalog, checkout, selling, journal, history, audits, clock, payments, log } = parts;
  const holds = createHoldsOverview(parts);
  const dashboard =
    payments === "live" ? "https://dashboard.stripe.com/payments" : "https://dashboard.stripe.com/test/payments";
  const orders = createOrderBook({
    checkout,
    clock,
    dashboardUrl: (paymentId) => (parts.hasDashboard ? `${dashboard}/${paymentId}` : null),
  });

  const overview = cacheRead({ clock, ttlMs: OVERVIEW_TTL_MS }, async (): Promise<Overview> => {
    const [held, counts, sellingState] = await Promise.all([holds(), parts.counts(), selling.read()]);
    const { dependencies, warnings, tableProblems } = parts.diagnostics();
    return {
      at: clock.wall(),
      server: parts.server,
      holdsIn: dependencies.holds === "memory" ? "memory" : "redis",
      payments,
      shopTag: parts.shopTag,
      isReady: checkout.ready,
      selling: sellingState,
      dependencies,
      warnings,
      tableProblems,
      holds: held,
      oversoldUnits: counts.oversoldUnits,
      latePayments: counts.latePayments,
    };
  });

  /** Logs the action, whether it succeeds or fails, and discards cached reads, so that the page shows its effect. */
  async function act<T>(
    action: string,
    facts: object,
    work: () => Promise<T>,
    factsOf: (result: T) => object,
  ): Promise<T> {
    try {
      const result = await work();
      log.warn({ action, ...facts, ...factsOf(result) }, "operator");
      return result;
    } catch (error) {
      log.warn({ action, ...facts, err: error }, "operator");
      throw error;
    } finally {
      overview.invalidate();
      orders.invalidate();
    }
  }
  const outcomeOf = ({ outcome }: { readonly outcome: string }) => ({ outcome });
  const adjust = (action: string, adjustment: StockAdjustment) =>
    act(action, adjustment, () => adjustStock({ catalog, checkout }, adjustment), adjustmentFacts);

  return {
    overview: () => overview.read(),
    history: () => history.read(),
    journal: (query) => journal.read(query),
    orders: () => orders.read(),
    audit: () =>
      act(
        "audit",
        {},
        () => audits.run(),
        ({ driftUnits }) => ({ driftUnits }),
      ),
    get lastAudit() {
      return audits.last;
    },
    releaseHold: ({ sessionHash, productIds }) =>
      act(
        "release hold",
        { session: sessionHash, productIds },
        async () => {
          const released = await release({ store, backOff: parts.backOff }, { sessionHash, productIds });
          if (released.outcome === "checkout_open")
            return { outcome: "in_checkout", checkoutId: released.claim.checkoutId };
          return released.lines.length === 0
            ? { outcome: "nothing_held" }
            : { outcome: "released", lines: released.lines };
        },
        (result) => result,
      ),
    closePaymentPage: (checkoutId) =>
      act("close payment page", { checkoutId }, () => checkout.close(checkoutId), outcomeOf),
    endUnknownPage: (checkoutId) =>
      act(
        "end hold of unknown page",
        { checkoutId },
        () => checkout.endUnknownPage(checkoutId),
        (end) => end,
      ),
    restock: ({ productId, delta }) => adjust("restock", { productId, delta }),
    setStock: ({ productId, inventory }) => adjust("set stock", { productId, inventory }),
    settle: (request) => act("settle", request, () => checkout.settle(request), outcomeOf),
    inspect: (checkoutId) =>
      act(
        "inspect",
        { checkoutId },
        () => checkout.inspect(checkoutId),
        (found) => ({ next: found?.next ?? null }),
      ),
    fulfil: (checkoutId) => act("fulfil", { checkoutId }, () => checkout.fulfil(checkoutId), outcomeOf),
    pause: () =>
      act(
        "pause selling",
        {},
        () => selling.pause(),
        (state) => state,
      ),
    resume: () =>
      act(
        "resume selling",
        {},
        () => selling.resume(),
        (state) => state,
      ),
  };
}

/** For the log. What was asked for is logged beside these facts, so the row's own number needs another name than `inventory`. */
function adjustmentFacts(result: StockMoved | StockRefusal): object {
  return result.outcome === "below_zero" ? { outcome: result.outcome, onHand: result.inventory } : result;
}
