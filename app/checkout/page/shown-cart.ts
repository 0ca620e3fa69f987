/** A cart as a page showed it. The Pay form brings it back in clear: it is compared with the cart of that moment, and never trusted. */
export interface ShownCart {
  readonly currency: string;
  readonly lines: readonly ShownLine[];
}

interface ShownLine {
  readonly productId: string;
  readonly quantity: number;
  /** Of one unit, in minor units. */
  readonly unitAmount: number;
}

/** The part of `shown` that has changed; a line that came since has quantity 0. Null: `now` is what was shown, or nobody says what was. */
export function changedSince(shown: ShownCart | null | undefined, now: ShownCart): ShownCart | null {
  if (shown === null || shown === undefined) return null;
  const isSameCurrency = shown.currency === now.currency;
  const current = new Map(now.lines.map((line) => [line.productId, line]));
  const changed = shown.lines.filter(({ productId, quantity, unitAmount }) => {
    const line = current.get(productId);
    return (
      (line?.quantity ?? 0) !== quantity || (line !== undefined && isSameCurrency && line.unitAmount !== unitAmount)
    );
  });
  const known = new Set(shown.lines.map(({ productId }) => productId));
  const added = now.lines.filter(({ productId }) => !known.has(productId)).map((line) => ({ ...line, quantity: 0 }));
  const lines = [...changed, ...added];
  return isSameCurrency && lines.length === 0 ? null : { currency: shown.currency, lines };
}
