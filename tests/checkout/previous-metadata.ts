import { z } from "zod";
import type { LineState, MarkedLine, NewRecord, Verdict } from "~/checkout/fulfil/line-marks";

/**
 * The previous release's encoding of a session's metadata: each step rewrites the line's key, and there is no log. Kept
 * unchanged to test rolling deployments, and as the negative control of the log.
 */
export type PreviousRecord = NewRecord & { readonly verdict: Verdict | null };

const MAX_VALUE = 500;

const SHOP = "holdfast_shop";
const CLAIM = "holdfast_claim";
const SESSION = "holdfast_session";
const CART = "holdfast_cart";
const CURRENCY = "holdfast_currency";
const VERDICT = "holdfast_verdict";
const LINE = "holdfast_line_";

const whole = z.number().int();
const move = { from: whole, to: whole };
const lineFields = {
  product: z.string().min(1),
  name: z.string(),
  quantity: whole.positive(),
  unit: whole.nonnegative(),
};
const lineSchema = z.discriminatedUnion("mark", [
  z.object({ ...lineFields, mark: z.literal("claimed") }),
  z.object({ ...lineFields, ...move, mark: z.literal("intent") }),
  z.object({ ...lineFields, ...move, mark: z.literal("done") }),
  z.object({ ...lineFields, ...move, mark: z.literal("return_intent") }),
  z.object({ ...lineFields, mark: z.literal("returned") }),
  z.object({ ...lineFields, ...move, mark: z.literal("needs_review"), of: z.enum(["intent", "return_intent"]) }),
]);
const headSchema = z.object({
  [CLAIM]: z.string().min(1),
  [SESSION]: z.string().min(1),
  [CART]: z.string().min(1),
  [CURRENCY]: z.string().min(1),
  [VERDICT]: z.enum(["refund", "refunded"]).optional(),
});

type Metadata = Readonly<Record<string, string>>;

export function encodePreviousChange(
  record: PreviousRecord,
  change: { states?: ReadonlyMap<string, LineState> | undefined; verdict?: string | undefined },
): Metadata {
  const metadata: Record<string, string> = {};
  record.lines.forEach((line, index) => {
    const state = change.states?.get(line.productId);
    if (state !== undefined) metadata[`${LINE}${index}`] = encodeLine(line, state);
  });
  if (change.verdict !== undefined) metadata[VERDICT] = change.verdict;
  return metadata;
}

export function decodePreviousRecord(shopTag: string, metadata: Metadata): PreviousRecord | null {
  if (metadata[SHOP] !== shopTag) return null;
  const head = headSchema.parse(metadata);
  const lines: MarkedLine[] = [];
  for (let index = 0; metadata[`${LINE}${index}`] !== undefined; index += 1)
    lines.push(decodeLine(metadata[`${LINE}${index}`] ?? ""));
  if (lines.length === 0) throw new Error("a checkout of this shop without a line");
  return {
    claimId: head[CLAIM],
    sessionHash: head[SESSION],
    fingerprint: head[CART],
    currency: head[CURRENCY],
    lines,
    verdict: head[VERDICT] ?? null,
  };
}

function encodeLine(line: MarkedLine, state: LineState): string {
  const encode = (name: string) =>
    JSON.stringify({ product: line.productId, name, quantity: line.quantity, unit: line.unitAmount, ...state });
  // Truncates by characters, not code units, and deterministically, so that a retried create has the same parameters.
  const letters = Array.from(line.name).slice(0, 120);
  while (letters.length > 0 && encode(letters.join("")).length + ROOM_FOR_A_MOVE > MAX_VALUE) letters.pop();
  return encode(letters.join(""));
}

/** Maximum growth of a later mark over the one being written. */
const ROOM_FOR_A_MOVE = 110;

function decodeLine(value: string): MarkedLine {
  const { product, name, quantity, unit, ...state } = lineSchema.parse(JSON.parse(value));
  return { productId: product, name, quantity, unitAmount: unit, state };
}
