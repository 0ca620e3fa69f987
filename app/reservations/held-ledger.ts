import { ExpiringTally, NEVER } from "./expiring-tally";
import type { ClientCap, HeldUnits, Line } from "./reservation-store";
import { claimedOf, eachHold, unitsOf, type SessionRecord } from "./session-record";
import { TICK_MS } from "./ticks";

interface ProductTally {
  readonly productId: string;
  /** Units of granted and claimed layers. */
  readonly firm: ExpiringTally;
  /** Units that pending layers add to `firm`. */
  readonly pending: ExpiringTally;
  /** Lines by quantity, shared by all sessions that hold that many, so that a hold allocates no line. */
  readonly lines: Line[];
}

/** Lines are shared up to this quantity; larger ones are rare. */
const SHARED_QUANTITY = 16;

/**
 * Held units of all products, and the totals: exact at any time, at constant cost (see `ExpiringTally`).
 * A record's contribution depends on the record alone, so a change removes the record, edits it and adds it again.
 * Lapsed layers may be dropped from a record without that, because they no longer count.
 */
export class HeldLedger {
  readonly #products = new Map<string, ProductTally>();
  readonly #clients = new Map<string, ExpiringTally>();
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

  /** Forgets the product if nothing holds it. Call after a hold lapsed or was removed. */
  forgetUnheld(productId: string, now: number): void {
    const product = this.#products.get(productId);
    if (product?.firm.isEmpty(now) === true && product.pending.isEmpty(now)) this.#products.delete(productId);
  }

  /** Forgets the client if it holds nothing. */
  forgetIdleClient(clientId: string, now: number): void {
    if (this.#clients.get(clientId)?.isEmpty(now) === true) this.#clients.delete(clientId);
  }

  /**
   * The first cap that would be exceeded if this session, which has no pending call, got the requested lines.
   * Requesting no more than it already holds exceeds none.
   */
  exceededCap(
    requesting: readonly ClientCap[],
    own: SessionRecord,
    lines: readonly Line[],
    now: number,
  ): ClientCap | undefined {
    const heldOf = (productId: string) => Math.max(claimedOf(own.claims, productId), unitsOf(own.granted, productId));
    const more = lines.reduce((sum, { productId, quantity }) => sum + quantity - heldOf(productId), 0);
    if (more <= 0) return undefined;
    const clients = own.clients.length === 0 ? requesting : own.clients;
    return clients.find(({ clientId, maxUnits }) => (this.#clients.get(clientId)?.at(now) ?? 0) + more > maxUnits);
  }

  /** Held units of a product at tick `now`, split into `own` and others. Durations count from `nowMs`. */
  held(productId: string, own: SessionRecord | undefined, now: number, nowMs: number): HeldUnits {
    const product = this.#products.get(productId);
    const firm = product?.firm.at(now) ?? 0;
    const pendingUnits = product?.pending.at(now) ?? 0;
    const claimed = own === undefined ? 0 : claimedOf(own.claims, productId);
    const granted = own === undefined || own.deadline <= now ? 0 : unitsOf(own.granted, productId);
    const pending = own?.pending && own.pending.deadline > now ? unitsOf(own.pending.lines, productId) : 0;
    const ownFirm = Math.max(claimed, granted);
    const byYou = Math.max(ownFirm, pending);
    const units = firm + pendingUnits - byYou;
    if (units < 0) throw new Error(`others hold ${String(units)} units of ${productId}`);
    const next = product?.firm.nextDeadline(now, own?.deadline ?? NEVER, Math.max(0, granted - claimed)) ?? null;
    return {
      total: firm + pendingUnits,
      byYou,
      units,
      pendingUnits: pendingUnits - (byYou - ownFirm),
      nextReleaseInMs: next === null ? null : Math.ceil(next * TICK_MS - nowMs),
    };
  }

  /** Number of sessions that hold anything at tick `now`. */
  sessions(now: number): number {
    return this.#sessions.at(now);
  }

  totals(now: number): {
    shopping: number;
    checkout: number;
    units: number;
    sessions: number;
    products: number;
    clients: number;
  } {
    return {
      shopping: this.#shopping.at(now),
      checkout: this.#checkout,
      units: this.#units.at(now),
      sessions: this.sessions(now),
      products: this.#products.size,
      clients: this.#clients.size,
    };
  }

  /** The shared object for this line. */
  line(productId: string, quantity: number): Line {
    const product = this.#product(productId);
    const line = product.lines[quantity] ?? { productId: product.productId, quantity };
    if (quantity <= SHARED_QUANTITY) product.lines[quantity] = line;
    return line;
  }

  #apply(record: SessionRecord, sign: 1 | -1): void {
    const until = record.deadline;
    const pendingUntil = record.pending === null ? -NEVER : record.pending.deadline;
    const clients = record.clients.map(({ clientId }) => this.#client(clientId));
    const add = (tally: ExpiringTally, deadline: number, units: number) => {
      if (units === 0) return;
      tally.add(deadline, units);
      this.#units.add(deadline, units);
      for (const client of clients) client.add(deadline, units);
    };
    let last = -NEVER;
    eachHold(record, (productId, claimed, granted, pending) => {
      const firm = Math.max(claimed, granted);
      if (firm + pending === 0) return;
      const product = this.#product(productId);
      add(product.firm, NEVER, sign * claimed);
      add(product.firm, until, sign * (firm - claimed));
      if (pending > claimed) {
        // Pending units count in excess of `firm` until the granted ones lapse, then in excess of `claimed`.
        const excess = Math.max(0, pending - firm);
        const excessAfter = pendingUntil > until ? pending - claimed : excess;
        add(product.pending, pendingUntil, sign * excessAfter);
        add(product.pending, until, sign * (excess - excessAfter));
      }
      if (claimed > 0) last = NEVER;
      if (granted + pending === 0) return;
      const latest = Math.max(granted > 0 ? until : -NEVER, pending > 0 ? pendingUntil : -NEVER);
      this.#shopping.add(latest, sign);
      last = Math.max(last, latest);
    });
    for (const claim of record.claims) this.#checkout += sign * claim.lines.length;
    this.#sessions.add(last, sign);
  }

  #client(clientId: string): ExpiringTally {
    let client = this.#clients.get(clientId);
    if (client === undefined) {
      client = new ExpiringTally();
      this.#clients.set(clientId, client);
    }
    return client;
  }

  #product(productId: string): ProductTally {
    let product = this.#products.get(productId);
    if (product === undefined) {
      product = { productId, firm: new ExpiringTally(), pending: new ExpiringTally(), lines: [] };
      this.#products.set(productId, product);
    }
    return product;
  }
}
