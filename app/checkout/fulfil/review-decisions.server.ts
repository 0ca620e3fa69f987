import type { CheckoutRecord, LineState, RecordChange, ReviewReason, SettleVerdict } from "./line-marks";
import { beforeTheMove } from "./move-stock.server";

export type Decision =
  /** To be written before `fulfil` goes on. */
  | { readonly decision: "write"; readonly change: RecordChange }
  /** Nothing to write: `fulfil` tries again. */
  | { readonly decision: "try_again" }
  /** To be refunded once more before `fulfil` goes on, which makes no second refund by itself. */
  | { readonly decision: "refund_again" }
  /** The order does not wait for this. */
  | { readonly decision: "not_applicable" };

type Decide = (record: CheckoutRecord) => Decision;

const NOT_APPLICABLE: Decision = { decision: "not_applicable" };
const tryAgain: Decide = () => ({ decision: "try_again" });

/** What each verdict comes to for each reason; what is missing here is not applicable. Foreign tags: `settle-foreign`. */
const DECISIONS: Readonly<Record<ReviewReason, Partial<Record<SettleVerdict, Decide>>>> = {
  unclear_row: {},
  row_refused: { retry: tryAgain, refund },
  no_payment: { retry: tryAgain, refunded_elsewhere: refundedElsewhere },
  lines_differ: { accept: () => write({ accept: "lines_differ", review: null }), refund },
  refund_failed: { retry: () => ({ decision: "refund_again" }), refunded_elsewhere: refundedElsewhere },
  foreign_tag: {},
};

/**
 * An operator's verdict on an order that waits for `reason`. A line whose row is unclear can be decided on whatever else the order
 * waits for; money that is to go back first does not make the answer less true.
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
  const state = verdict === "applied" ? applied : beforeTheMove({ announced, from, to }, line.quantity);
  return write({ states: new Map([[line.productId, state]]) });
}

/** Where that is decided already, a row takes nothing back: only asking it again is left. */
function refund(record: CheckoutRecord): Decision {
  return record.verdict === null ? write({ verdict: "refund", review: null }) : tryAgain(record);
}

/** Without a verdict it was refunded by hand, perhaps in part, and is still a sale. */
function refundedElsewhere({ verdict }: CheckoutRecord): Decision {
  return write({ accept: "refund_failed", ...(verdict === null ? {} : { verdict: "refunded" }) });
}

function write(change: RecordChange): Decision {
  return { decision: "write", change };
}
