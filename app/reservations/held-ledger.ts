import { ExpiringTally, NEVER } from "./expiring-tally";
import type { HeldUnits, Line } from "./reservation-store";
import { holdsOf, increments, largest, NO_HOLD, type Hold, type Layer, type SessionRecord } from "./session-record";
import { TICK_MS } from "./ticks";

interface ProductTally {
  readonly productId: string;
  /** What granted and claimed layers count. */
  readonly firm: ExpiringTally;
  /** What pending layers count on top of `firm`; null while no call for the product is undecided. */
  undecided: ExpiringTally | null;
  /** Lines by quantity, shared by all sessions that hold that many: a hold costs no line of its own. */
  readonly lines: Line[];
}

/** Quantities up to this share their line; larger ones are rare. */
const SHARED_QUANTITY = 16;

/**
 * Held units of all products and the totals, exact at every moment at constant cost (see `ExpiringTally`).
 * The contribution of a record is a function of the record alone, so whoever changes a record takes it out, changes it and
 * puts it in again. Layers that have lapsed may be dropped from a record without that: they count nothing any more.
 */
export class HeldLedger {
  readonly #products = new Map<string, ProductTally>();
  readonly #units = new ExpiringTally();
  readonly #shopping = new ExpiringTally();
  readonly #sessions = new ExpiringTally();
  #checkout = 0;

  putIn(record: SessionRecord): void {
    this.#apply(record, 1);
  }

  takeOut(record: SessionRecord): void {
    this.#apply(record, -1);
  }

  /** Forgets the product if nothing holds it. To be called for whatever lapsed, or was taken out and not put in again. */
  forgetUnheld(productId: string, now: number): void {
    const product = this.#products.get(productId);
    if (product === undefined) return;
    if (product.undecided?.isEmpty(now) === true) product.undecided = null;
    if (product.undecided === null && product.firm.isEmpty(now)) this.#products.delete(productId);
  }

  /** Held units of one product at tick `now`, split for the session whose hold is given; `nowMs` is what durations count from. */
  held(productId: string, own: Hold | undefined, now: number, nowMs: number): HeldUnits {
    const { claimed, granted, pending } = own ?? NO_HOLD;
    const product = this.#products.get(productId);
    const firm = product?.firm.at(now) ?? 0;
    const undecided = product?.undecided?.at(now) ?? 0;
    const ownFirm = largest([claimed, granted], now);
    const byYou = largest([claimed, granted, pending], now);
    const units = firm + undecided - byYou;
    if (units < 0) throw new Error(`held units of ${productId} are ${String(units)} without the session's own`);
    const ownStep = increments([claimed, granted]).find((step) => step.deadline !== NEVER);
    const next = product?.firm.nextDeadline(now, ownStep ?? { deadline: NEVER, units: 0 }) ?? null;
    return {
      total: firm + undecided,
      byYou,
      units,
      pendingUnits: undecided - (byYou - ownFirm),
      nextReleaseInMs: next === null ? null : Math.ceil(next * TICK_MS - nowMs),
    };
  }

  totals(now: number): { shopping: number; checkout: number; units: number; sessions: number; products: number } {
    return {
      shopping: this.#shopping.at(now),
      checkout: this.#checkout,
      units: this.#units.at(now),
      sessions: this.#sessions.at(now),
      products: this.#products.size,
    };
  }

  /** The line as all sessions share it. */
  line(productId: string, quantity: number): Line {
    const product = this.#product(productId);
    const line = product.lines[quantity] ?? { productId: product.productId, quantity };
    if (quantity <= SHARED_QUANTITY) product.lines[quantity] = line;
    return line;
  }

  #apply(record: SessionRecord, sign: 1 | -1): void {
    let last = -NEVER;
    for (const [productId, { claimed, granted, pending }] of holdsOf(record)) {
      if (claimed.units + granted.units + pending.units === 0) continue;
      const product = this.#product(productId);
      for (const step of increments([claimed, granted])) {
        product.firm.add(step.deadline, sign * step.units);
        this.#units.add(step.deadline, sign * step.units);
        if (pending.units > 0) this.#addUndecided(product, step.deadline, -sign * step.units);
      }
      if (pending.units > 0) {
        for (const step of increments([claimed, granted, pending])) {
          this.#addUndecided(product, step.deadline, sign * step.units);
        }
      }
      const shopping = latest([granted, pending]);
      this.#shopping.add(shopping, sign);
      last = Math.max(last, shopping, latest([claimed]));
    }
    for (const claim of record.claims) this.#checkout += sign * claim.lines.length;
    this.#sessions.add(last, sign);
  }

  #addUndecided(product: ProductTally, deadline: number, units: number): void {
    product.undecided ??= new ExpiringTally();
    product.undecided.add(deadline, units);
    this.#units.add(deadline, units);
  }

  #product(productId: string): ProductTally {
    let product = this.#products.get(productId);
    if (product === undefined) {
      product = { productId, firm: new ExpiringTally(), undecided: null, lines: [] };
      this.#products.set(productId, product);
    }
    return product;
  }
}

/** When the last of the layers that count anything lapses. */
function latest(layers: readonly Layer[]): number {
  return layers.reduce((last, layer) => (layer.units > 0 ? Math.max(last, layer.deadline) : last), -NEVER);
}
