import type { CheckoutRecord, LineState, RecordChange, ReviewReason, SettleVerdict } from "./line-marks";
import { stateBeforeMove } from "./move-stock.server";

export type Decision =
  /** Write this change before `fulfil` continues. */
  | { readonly decision: "write"; readonly change: RecordChange }
  /** Nothing to write: `fulfil` tries again. */
  | { readonly decision: "try_again" }
  /** Refund once more before `fulfil` continues, which makes no second refund by itself. */
  | { readonly decision: "refund_again" }
  /** The order isn't waiting for this verdict. */
  | { readonly decision: "not_applicable" };

type Decide = (record: CheckoutRecord) => Decision;

const NOT_APPLICABLE: Decision = { decision: "not_applicable" };
const tryAgain: Decide = () => ({ decision: "try_again" });

/** Effect of each verdict by reason. Missing combinations are not applicable. Foreign tags: `settle-foreign`. */
const DECISIONS: Readonly<Record<ReviewReason, Partial<Record<SettleVerdict, Decide>>>> = {
  unclear_row: {},
  row_refused: { retry: tryAgain, refund },
  no_payment: { retry: tryAgain, refunded_elsewhere: refundedElsewhere },
  lines_differ: { accept: () => write({ accept: "lines_differ", review: null }), refund },
  refund_failed: { retry: () => ({ decision: "refund_again" }), refunded_elsewhere: refundedElsewhere },
  foreign_tag: {},
};

/**
 * The effect of an operator's verdict on an order that waits for `reason`. A line with an unclear row can be decided
 * even if the order waits for something else: a refund that has to come first does not change the facts about stock.
 */
export function decideReview(
  record: CheckoutRecord,
  reason: ReviewReason | null,
  { verdict, productId }: { verdict: SettleVerdict; productId?: string | undefined },
): Decision {
  const decision =
    verdict === "applied" || verdict === "not_applied"
      ? decideLine(record, productId, verdict)
      : decideOrder(record, reason, verdict);
  if (decision.decision !== "write") return decision;
  return write({ ...decision.change, note: [verdict, reason ?? "", productId ?? ""].join(" ").trim() });
}

function decideOrder(record: CheckoutRecord, reason: ReviewReason | null, verdict: SettleVerdict): Decision {
  return (reason === null ? undefined : DECISIONS[reason][verdict])?.(record) ?? NOT_APPLICABLE;
}

function decideLine(
  { lines }: CheckoutRecord,
  productId: string | undefined,
  verdict: "applied" | "not_applied",
): Decision {
  const line = lines.find((one) => one.productId === productId);
  if (line?.state.mark !== "needs_review") return NOT_APPLICABLE;
  const { of: announced, from, to } = line.state;
  const applied: LineState =
    announced === "intent" ? { mark: "done", from, to: from - line.quantity } : { mark: "returned" };
  const state = verdict === "applied" ? applied : stateBeforeMove({ announced, from, to }, line.quantity);
  return write({ states: new Map([[line.productId, state]]) });
}

/** After the refund verdict, the row refuses to take units back, so it can only be tried again. */
function refund(record: CheckoutRecord): Decision {
  return record.verdict === null ? write({ verdict: "refund", review: null }) : tryAgain(record);
}

/** Without a verdict it was refunded manually, perhaps in part, and is still a sale. */
function refundedElsewhere({ verdict }: CheckoutRecord): Decision {
  return write({ accept: "refund_failed", ...(verdict === null ? {} : { verdict: "refunded" }) });
}

function write(change: RecordChange): Decision {
  return { decision: "write", change };
}
