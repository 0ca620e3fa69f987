import type { Catalog } from "~/catalog/catalog";
import { adjustStock, type StockAdjustment } from "~/checkout/adjust-stock.server";
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

const OVERVIEW_KEEP_MS = 1_000;

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
  /** Whether payments can be seen on Stripe's dashboard; not those of a stand-in. */
  readonly hasDashboard: boolean;
  /** What changes while the server runs. */
  readonly diagnostics: () => Pick<Overview, "dependencies" | "warnings" | "tableFaults">;
  readonly log: { warn(facts: object, message: string): void };
}

/** Wires the room. Every action is a line of the log, with what came of it. */
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

  const overview = cacheRead({ clock, keepMs: OVERVIEW_KEEP_MS }, async (): Promise<Overview> => {
    const [held, counts, now] = await Promise.all([holds(), parts.counts(), selling.read()]);
    const { dependencies, warnings, tableFaults } = parts.diagnostics();
    return {
      at: clock.wall(),
      server: parts.server,
      holdsIn: dependencies.holds === "memory" ? "memory" : "redis",
      payments,
      shopTag: parts.shopTag,
      isReady: checkout.ready,
      selling: now,
      dependencies,
      warnings,
      tableFaults,
      holds: held,
      oversoldUnits: counts.oversoldUnits,
      latePayments: counts.latePayments,
    };
  });

  /** Tells of it whether it comes to anything or fails, and lets the page see what it changed. */
  async function act<T>(
    action: string,
    facts: object,
    work: () => Promise<T>,
    came: (result: T) => object,
  ): Promise<T> {
    try {
      const result = await work();
      log.warn({ action, ...facts, ...came(result) }, "operator");
      return result;
    } catch (error) {
      log.warn({ action, ...facts, err: error }, "operator");
      throw error;
    } finally {
      overview.forget();
      orders.forget();
    }
  }
  const outcomeOf = ({ outcome }: { readonly outcome: string }) => ({ outcome });
  const adjust = (action: string, adjustment: StockAdjustment) =>
    act(
      action,
      adjustment,
      () => adjustStock({ catalog, checkout }, adjustment),
      (result) => result,
    );

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
        (answer) => answer,
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
