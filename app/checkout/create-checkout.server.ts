import { createProcessRebuildTurns } from "~/reservations/rebuild-turns";
import type { CheckoutService, RebuildReport } from "./checkout";
import { UNLIMITED, type CheckoutContext } from "./checkout-context.server";
import { editStock } from "./edit-stock.server";
import { createBatches } from "./fulfil/batches";
import { createFulfilQueue, type FulfilQueue } from "./fulfil/fulfil-queue.server";
import { runFulfilment } from "./fulfil/fulfil.server";
import { createRefundWatch } from "./fulfil/refund-watch.server";
import { createResendRule } from "./fulfil/resend-rule";
import { isAboutForeign, settleForeign } from "./fulfil/settle-foreign.server";
import { settleOrder } from "./fulfil/settle-order.server";
import { closePage } from "./page/close-checkout.server";
import { changeCart, releaseCart } from "./page/close-page-and-change.server";
import { endUnknownPage } from "./page/end-unknown-page.server";
import { startCheckout } from "./page/start-checkout.server";
import { createSweep } from "./page/sweep.server";
import { createRebuildGate } from "./rebuild-gate";
import { rebuildHolds } from "./rebuild.server";
import { auditMarks } from "./report/audit.server";
import { inspectCheckout } from "./report/inspect.server";
import { listOrders } from "./report/list-orders.server";
import { readingFormerTags } from "./stripe/former-tags";
import { createSessionMarks } from "./stripe/session-marks.server";

type Optional =
  | "marks"
  | "offers"
  | "batches"
  | "rebuildTurns"
  | "rebuildLeases"
  | "resend"
  | "paymentTurn"
  | "unpaidTime"
  | "shortPages";

/** Defaults: every row is for sale, rebuilding for a store in one process, and no queue for payment pages. */
export type CheckoutDependencies = Omit<CheckoutContext, Optional> & Partial<Pick<CheckoutContext, Optional>>;

export interface Checkout extends CheckoutService {
  /**
   * False until the first rebuild has succeeded; until then every operation that changes something throws
   * `UnavailableError`.
   */
  readonly ready: boolean;
  /**
   * Whether the store has the claims, no matter which server rebuilt them. If not, `rebuild` is due. Throws
   * `UnavailableError`.
   */
  isIntact(): Promise<boolean>;
  /** Paid checkouts that could not be fulfilled at the first attempt. The queue retries them by itself. */
  readonly queue: Pick<FulfilQueue, "startDue" | "stop" | "waiting">;
}

/** Wires the checkout module. Marks live on the Checkout Session unless another store is given. */
export function createCheckout(dependencies: CheckoutDependencies): Checkout {
  const { gateway, clock, config } = dependencies;
  const marks =
    dependencies.marks ?? readingFormerTags(createSessionMarks({ gateway, shopTag: config.shopTag, clock }), config);
  const context: CheckoutContext = {
    rebuildTurns: createProcessRebuildTurns(),
    offers: dependencies.catalog,
    rebuildLeases: dependencies.leases,
    resend: createResendRule(clock),
    paymentTurn: async () => ({ outcome: "your_turn" }),
    batches: createBatches(),
    unpaidTime: UNLIMITED,
    shortPages: new Map(),
    ...dependencies,
    marks,
  };
  const gate = createRebuildGate();
  const sweep = createSweep(context);
  const queue = createFulfilQueue({
    clock: context.clock,
    fulfil: (checkoutId) => runFulfilment(context, checkoutId),
  });
  const refunds = createRefundWatch(context, queue);
  let rebuilding: Promise<RebuildReport> | null = null;

  /** Makes an operation throw until holds are rebuilt. `rebuild` itself needs only ungated operations. */
  function gated<A extends unknown[], R>(operation: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      gate.check();
      return operation(...args);
    };
  }

  return {
    get ready() {
      return gate.wasOpen;
    },
    async isIntact() {
      const isRebuilt = (await context.rebuildTurns.begin()) === "rebuilt";
      if (isRebuilt) gate.open();
      return isRebuilt;
    },
    start: gated((request) => startCheckout(context, request)),
    changeCart: gated((request) => changeCart(context, request)),
    release: gated((request) => releaseCart(context, request)),
    fulfil: gated((checkoutId) => queue.fulfil(checkoutId)),
    followRefund: gated(refunds.followRefund),
    checkRefunds: gated(refunds.checkRefunds),
    failedRefunds: refunds.failedRefunds,
    close: gated((checkoutId) => closePage(context, checkoutId)),
    settle: gated((request) =>
      isAboutForeign(request) ? settleForeign(context, request) : settleOrder(context, request),
    ),
    endUnknownPage: gated((checkoutId) => endUnknownPage(context, checkoutId)),
    async editStock(productId, edit) {
      gate.check();
      return editStock(context, productId, edit);
    },
    queue,
    sweep: gated(sweep),
    inspect: (checkoutId) => inspectCheckout(context, checkoutId),
    orders: (query) => listOrders(context, query),
    audit: () => auditMarks(context),
    rebuild() {
      rebuilding ??= rebuildHolds(context, gate).finally(() => {
        rebuilding = null;
      });
      return rebuilding;
    },
  };
}
