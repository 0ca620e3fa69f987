/** A cart as a page showed it. The Pay form submits it unsigned: it is compared with the current cart, and never trusted. */
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

/**
 * Returns the changed lines of `shown`; lines added since have quantity 0. Null if `now` is the cart that was shown, or `shown` is
 * missing.
 */
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
