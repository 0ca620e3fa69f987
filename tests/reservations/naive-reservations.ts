import type { Line, PlaceLine } from "~/reservations/reservation-store";
import { storeTiming } from "./describe-reservation-store";

interface Entry {
  readonly session: string;
  readonly productId: string;
  readonly units: number;
  readonly layer: "granted" | "pending" | "claimed";
  /** Milliseconds; Infinity for claimed units. */
  readonly until: number;
}

/** What the store must answer, by scanning an array of everything: slow, and simple enough to be believed. */
export class NaiveReservations {
  now = 0;
  #entries: Entry[] = [];
  readonly #firstGrantedAt = new Map<string, number>();

  place(session: string, lines: readonly Line[]): void {
    const until = this.now + storeTiming.pendingMs;
    this.#entries.push(
      ...lines.map(({ productId, quantity }): Entry => ({
        session,
        productId,
        units: quantity,
        layer: "pending",
        until,
      })),
    );
  }

  hasPending(session: string): boolean {
    return this.#alive().some((entry) => entry.session === session && entry.layer === "pending");
  }

  hasClaim(session: string): boolean {
    return this.#alive().some((entry) => entry.session === session && entry.layer === "claimed");
  }

  confirm(session: string): void {
    const alive = this.#alive();
    const asked = alive.filter((entry) => entry.session === session && entry.layer === "pending");
    const kept = this.granted(session).filter((line) => !asked.some((entry) => entry.productId === line.productId));
    const lines = [...kept, ...asked.map(({ productId, units }) => ({ productId, quantity: units }))];
    if (this.granted(session).length === 0) this.#firstGrantedAt.set(session, this.now);
    this.#setGranted(
      session,
      lines.filter((line) => line.quantity > 0),
    );
    this.#entries = this.#entries.filter((entry) => entry.session !== session || entry.layer !== "pending");
  }

  abort(session: string): void {
    this.#entries = this.#entries.filter((entry) => entry.session !== session || entry.layer !== "pending");
  }

  renew(session: string): void {
    this.#setGranted(session, this.granted(session));
  }

  release(session: string, productId: string): void {
    this.#setGranted(
      session,
      this.granted(session).filter((line) => line.productId !== productId),
    );
  }

  claim(session: string): void {
    const lines = this.granted(session);
    this.#setGranted(session, []);
    for (const { productId, quantity } of lines) {
      this.#entries.push({ session, productId, units: quantity, layer: "claimed", until: Infinity });
    }
  }

  endClaim(session: string, to: "stock" | "shopper"): void {
    const lines = this.#alive().filter((entry) => entry.session === session && entry.layer === "claimed");
    this.#entries = this.#entries.filter((entry) => entry.session !== session);
    if (to === "stock") return;
    this.#setGranted(
      session,
      lines.map(({ productId, units }) => ({ productId, quantity: units })),
    );
  }

  granted(session: string): Line[] {
    return this.#alive()
      .filter((entry) => entry.session === session && entry.layer === "granted")
      .map(({ productId, units }) => ({ productId, quantity: units }));
  }

  expiresInMs(session: string): number | null {
    const granted = this.#alive().find((entry) => entry.session === session && entry.layer === "granted");
    return granted === undefined ? null : granted.until - this.now;
  }

  /** Whether each line fits by its hint beside all that other sessions hold. */
  mayFit(session: string, lines: readonly PlaceLine[]): boolean {
    return lines.every(
      ({ productId, quantity, hint }) =>
        typeof hint !== "number" || quantity === 0 || hint - this.held(session, productId).units >= quantity,
    );
  }

  held(session: string | null, productId: string) {
    const alive = this.#alive().filter((entry) => entry.productId === productId);
    const sessions = [...new Set(alive.map((entry) => entry.session))];
    const largest = (entries: Entry[]) => Math.max(0, ...entries.map((entry) => entry.units));
    const unitsOf = (holder: string) => largest(alive.filter((entry) => entry.session === holder));
    const firmOf = (holder: string) =>
      largest(alive.filter((entry) => entry.session === holder && entry.layer !== "pending"));
    const others = sessions.filter((holder) => holder !== session);
    const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
    const units = sum(others.map(unitsOf));
    const byYou = session === null ? 0 : unitsOf(session);
    const lapsing = alive
      .filter((entry) => entry.session !== session && entry.layer === "granted")
      .map((entry) => entry.until);
    return {
      total: units + byYou,
      byYou,
      units,
      pendingUnits: units - sum(others.map(firmOf)),
      nextReleaseInMs: lapsing.length === 0 ? null : Math.min(...lapsing) - this.now,
    };
  }

  totals() {
    const alive = this.#alive().filter((entry) => entry.units > 0);
    const holds = (entries: Entry[]) => new Set(entries.map((entry) => `${entry.session} ${entry.productId}`)).size;
    const products = [...new Set(alive.map((entry) => entry.productId))];
    return {
      shopping: holds(alive.filter((entry) => entry.layer !== "claimed")),
      checkout: holds(alive.filter((entry) => entry.layer === "claimed")),
      units: products.reduce((total, productId) => total + this.held(null, productId).total, 0),
      sessions: new Set(alive.map((entry) => entry.session)).size,
    };
  }

  #setGranted(session: string, lines: readonly Line[]): void {
    this.#entries = this.#entries.filter((entry) => entry.session !== session || entry.layer !== "granted");
    const until = Math.min(
      this.now + storeTiming.ttlMs,
      (this.#firstGrantedAt.get(session) ?? this.now) + storeTiming.maxAgeMs,
    );
    this.#entries.push(
      ...lines.map(({ productId, quantity }): Entry => ({
        session,
        productId,
        units: quantity,
        layer: "granted",
        until,
      })),
    );
  }

  #alive(): Entry[] {
    return this.#entries.filter((entry) => entry.until > this.now);
  }
}
