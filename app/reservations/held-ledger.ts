import { ExpiringTally, NEVER } from "./expiring-tally";
import type { HeldUnits, Line } from "./reservation-store";
import { claimedOf, eachHold, unitsOf, type SessionRecord } from "./session-record";
import { TICK_MS } from "./ticks";

interface ProductTally {
  readonly productId: string;
  /** What granted and claimed layers count. */
  readonly firm: ExpiringTally;
  /** What pending layers count on top of `firm`. */
  readonly undecided: ExpiringTally;
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
    if (product?.firm.isEmpty(now) === true && product.undecided.isEmpty(now)) this.#products.delete(productId);
  }

  /** Held units of one product at tick `now`, split for the session whose record is given; `nowMs` is what durations count from. */
  held(productId: string, own: SessionRecord | undefined, now: number, nowMs: number): HeldUnits {
    const product = this.#products.get(productId);
    const firm = product?.firm.at(now) ?? 0;
    const undecided = product?.undecided.at(now) ?? 0;
    const claimed = own === undefined ? 0 : claimedOf(own.claims, productId);
    const granted = own === undefined || own.deadline <= now ? 0 : unitsOf(own.granted, productId);
    const pending = own?.pending && own.pending.deadline > now ? unitsOf(own.pending.lines, productId) : 0;
    const ownFirm = Math.max(claimed, granted);
    const byYou = Math.max(ownFirm, pending);
    const units = firm + undecided - byYou;
    if (units < 0) throw new Error(`held units of ${productId} are ${String(units)} without the session's own`);
    const next = product?.firm.nextDeadline(now, own?.deadline ?? NEVER, Math.max(0, granted - claimed)) ?? null;
    return {
      total: firm + undecided,
      byYou,
      units,
      pendingUnits: undecided - (byYou - ownFirm),
      nextReleaseInMs: next === null ? null : Math.ceil(next * TICK_MS - nowMs),
    };
  }

  /** Sessions that hold anything at tick `now`. */
  sessions(now: number): number {
    return this.#sessions.at(now);
  }

  totals(now: number): { shopping: number; checkout: number; units: number; sessions: number; products: number } {
    return {
      shopping: this.#shopping.at(now),
      checkout: this.#checkout,
      units: this.#units.at(now),
      sessions: this.sessions(now),
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
    const until = record.deadline;
    const askedUntil = record.pending === null ? -NEVER : record.pending.deadline;
    let last = -NEVER;
    eachHold(record, (productId, claimed, granted, asked) => {
      const firm = Math.max(claimed, granted);
      if (firm + asked === 0) return;
      const product = this.#product(productId);
      this.#add(product.firm, NEVER, sign * claimed);
      this.#add(product.firm, until, sign * (firm - claimed));
      if (asked > claimed) {
        // What is asked counts beyond `firm` while that lives, and beyond `claimed` afterwards.
        const beyond = Math.max(0, asked - firm);
        const afterwards = askedUntil > until ? asked - claimed : beyond;
        this.#add(product.undecided, askedUntil, sign * afterwards);
        this.#add(product.undecided, until, sign * (beyond - afterwards));
      }
      if (claimed > 0) last = NEVER;
      if (granted + asked === 0) return;
      const latest = Math.max(granted > 0 ? until : -NEVER, asked > 0 ? askedUntil : -NEVER);
      this.#shopping.add(latest, sign);
      last = Math.max(last, latest);
    });
    for (const claim of record.claims) this.#checkout += sign * claim.lines.length;
    this.#sessions.add(last, sign);
  }

  /** Adds to a tally of one product, and to the sum over all. */
  #add(tally: ExpiringTally, deadline: number, units: number): void {
    if (units === 0) return;
    tally.add(deadline, units);
    this.#units.add(deadline, units);
  }

  #product(productId: string): ProductTally {
    let product = this.#products.get(productId);
    if (product === undefined) {
      product = { productId, firm: new ExpiringTally(), undecided: new ExpiringTally(), lines: [] };
      this.#products.set(productId, product);
    }
    return product;
  }
}
