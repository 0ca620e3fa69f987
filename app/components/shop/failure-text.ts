import type { CartFailure, ShortLine } from "~/cart/cart-failure";
import type { CartView } from "~/cart/cart-view";
import type { NotPayableReason } from "~/checkout/checkout";
import type { ClockText } from "~/components/clock-text";
import { t } from "~/words/words";
import { waitText } from "./duration-text";

export function shortageText({ available, shortage, nextReleaseAt }: ShortLine, clockText: ClockText): string {
  if (shortage === "sold_out") return available === 0 ? t("stock.soldOut") : t("failure.onlyAvailable", { available });
  if (available > 0)
    return nextReleaseAt === null
      ? t("failure.onlyAvailable", { available })
      : t("failure.onlyAvailableYet", { available, time: clockText(nextReleaseAt) });
  return nextReleaseAt === null
    ? t("failure.heldByOthers")
    : t("failure.heldByOthersUntil", { time: clockText(nextReleaseAt) });
}

function limitText({ limit, max }: Extract<CartFailure, { kind: "limit_exceeded" }>): string {
  switch (limit) {
    case "units_per_line":
      return t("failure.unitsPerLine", { max });
    case "lines_per_cart":
      return t("failure.linesPerCart", { max });
    case "units_per_client":
      return t("failure.unitsPerClient", { max });
  }
}

/** The failure as a whole; see `lineFailureText` for single lines. */
export function failureText(failure: CartFailure): string {
  switch (failure.kind) {
    case "bad_quantity":
      return t("failure.badQuantity", { max: failure.max });
    case "refused":
      return t("failure.refused");
    case "unknown_product":
      return t("failure.unknownProduct");
    case "limit_exceeded":
      return limitText(failure);
    case "cart_full":
      return t("failure.cartFull");
    case "checkout_open":
      return t("failure.checkoutOpen");
    case "unsettled":
      return t("failure.unsettled");
    case "nothing_held":
      return t("failure.nothingHeld");
    case "empty_cart":
      return t("cart.empty");
    case "not_payable":
      return notPayableText(failure.reason);
    case "rate_limited":
      return t("failure.rateLimited", waitOf(failure));
    case "checkout_busy":
      return t("failure.checkoutBusy", waitOf(failure));
    case "payment_wait":
      return t("failure.paymentWait", waitOf(failure));
    case "selling_paused":
      return failure.mayPay ? t("failure.sellingPausedMayPay") : t("failure.sellingPaused");
    case "unavailable":
      return t("failure.unavailable");
  }
}

function waitOf({ retryAfterSeconds }: { readonly retryAfterSeconds: number }): { duration: string } {
  return { duration: waitText(retryAfterSeconds) };
}

function notPayableText(reason: NotPayableReason): string {
  switch (reason) {
    case "no_price":
    case "mixed_currencies":
      return obstacleText(reason);
    case "amount_too_small":
      return t("failure.amountTooSmall");
    case "rejected_by_stripe":
      return t("failure.rejectedByStripe");
  }
}

/** The failure of one line. Null if `failureText` says it all. */
export function lineFailureText(failure: CartFailure, productId: string, clockText: ClockText): string | null {
  if (failure.kind !== "refused") return failureText(failure);
  const line = failure.lines.find((short) => short.productId === productId);
  return line === undefined ? null : shortageText(line, clockText);
}

export function obstacleText(obstacle: NonNullable<CartView["obstacle"]>): string {
  switch (obstacle) {
    case "no_price":
      return t("failure.noPrice");
    case "mixed_currencies":
      return t("failure.mixedCurrencies");
    case "no_longer_sold":
      return t("failure.noLongerSold");
  }
}
