export type Shortage = "sold_out" | "held_by_others";

/**
 * Why a line does not fit, decided here only: `held_by_others` where units that other carts hold would help, `sold_out` where there
 * are none. `missed`: how many units would be granted besides if nobody else held any; of 5 asked for with 2 on hand and 1 held, 1.
 */
export function shortageOf({
  quantity,
  onHand,
  available,
}: {
  readonly quantity: number;
  readonly onHand: number;
  readonly available: number;
}): { readonly shortage: Shortage | null; readonly missed: number } {
  if (available >= quantity) return { shortage: null, missed: 0 };
  const missed = Math.max(0, Math.min(quantity, onHand) - available);
  return { shortage: missed > 0 ? "held_by_others" : "sold_out", missed };
}
