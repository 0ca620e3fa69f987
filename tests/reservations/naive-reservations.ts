import type { Line, PlaceLine } from "~/reservations/reservation-store";
import { storeTiming } from "./describe-reservation-store";

interface Entry {
  readonly sessionHash: string;
  readonly productId: string;
  readonly units: number;
  readonly layer: "granted" | "pending" | "claimed";
  /** Milliseconds; Infinity for claimed units. */
  readonly until: number;
}

/** A model of the store that scans an array of all holds: slow, but simple enough to trust. */
export class NaiveReservations {
  now = 0;
  #entries: Entry[] = [];
  readonly #firstGrantedAt = new Map<string, number>();

  place(sessionHash: string, lines: readonly Line[]): void {
    const until = this.now + storeTiming.pendingMs;
    this.#entries.push(
      ...lines.map(({ productId, quantity }): Entry => ({
        sessionHash,
        productId,
        units: quantity,
        layer: "pending",
        until,
      })),
    );
  }

  hasPending(sessionHash: string): boolean {
    return this.#alive().some((entry) => entry.sessionHash === sessionHash && entry.layer === "pending");
  }

  hasClaim(sessionHash: string): boolean {
    return this.#alive().some((entry) => entry.sessionHash === sessionHash && entry.layer === "claimed");
  }

  confirm(sessionHash: string): void {
    const alive = this.#alive();
    const pending = alive.filter((entry) => entry.sessionHash === sessionHash && entry.layer === "pending");
    const kept = this.granted(sessionHash).filter(
      (line) => !pending.some((entry) => entry.productId === line.productId),
    );
    const lines = [...kept, ...pending.map(({ productId, units }) => ({ productId, quantity: units }))];
    if (this.granted(sessionHash).length === 0) this.#firstGrantedAt.set(sessionHash, this.now);
    this.#setGranted(
      sessionHash,
      lines.filter((line) => line.quantity > 0),
    );
    this.#entries = this.#entries.filter((entry) => entry.sessionHash !== sessionHash || entry.layer !== "pending");
  }

  abort(sessionHash: string): void {
    this.#entries = this.#entries.filter((entry) => entry.sessionHash !== sessionHash || entry.layer !== "pending");
  }

  renew(sessionHash: string): void {
    this.#setGranted(sessionHash, this.granted(sessionHash));
  }

  release(sessionHash: string, productId: string): void {
    this.#setGranted(
      sessionHash,
      this.granted(sessionHash).filter((line) => line.productId !== productId),
    );
  }

  claim(sessionHash: string): void {
    const lines = this.granted(sessionHash);
    this.#setGranted(sessionHash, []);
    for (const { productId, quantity } of lines) {
      this.#entries.push({ sessionHash, productId, units: quantity, layer: "claimed", until: Infinity });
    }
  }

  endClaim(sessionHash: string, to: "stock" | "shopper"): void {
    const lines = this.#alive().filter((entry) => entry.sessionHash === sessionHash && entry.layer === "claimed");
    this.#entries = this.#entries.filter((entry) => entry.sessionHash !== sessionHash);
    if (to === "stock") return;
    this.#setGranted(
      sessionHash,
      lines.map(({ productId, units }) => ({ productId, quantity: units })),
    );
  }

  granted(sessionHash: string): Line[] {
    return this.#alive()
      .filter((entry) => entry.sessionHash === sessionHash && entry.layer === "granted")
      .map(({ productId, units }) => ({ productId, quantity: units }));
  }

  expiresInMs(sessionHash: string): number | null {
    const granted = this.#alive().find((entry) => entry.sessionHash === sessionHash && entry.layer === "granted");
    return granted === undefined ? null : granted.until - this.now;
  }

  /** Whether each line fits by its hint less everything other sessions hold. */
  mayFit(sessionHash: string, lines: readonly PlaceLine[]): boolean {
    return lines.every(
      ({ productId, quantity, hint }) =>
        typeof hint !== "number" || quantity === 0 || hint - this.held(sessionHash, productId).units >= quantity,
    );
  }

  held(sessionHash: string | null, productId: string) {
    const alive = this.#alive().filter((entry) => entry.productId === productId);
    const sessions = [...new Set(alive.map((entry) => entry.sessionHash))];
    const largest = (entries: Entry[]) => Math.max(0, ...entries.map((entry) => entry.units));
    const unitsOf = (holder: string) => largest(alive.filter((entry) => entry.sessionHash === holder));
    const firmOf = (holder: string) =>
      largest(alive.filter((entry) => entry.sessionHash === holder && entry.layer !== "pending"));
    const others = sessions.filter((holder) => holder !== sessionHash);
    const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
    const units = sum(others.map(unitsOf));
    const byYou = sessionHash === null ? 0 : unitsOf(sessionHash);
    const lapsing = alive
      .filter((entry) => entry.sessionHash !== sessionHash && entry.layer === "granted")
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
    const holds = (entries: Entry[]) => new Set(entries.map((entry) => `${entry.sessionHash} ${entry.productId}`)).size;
    const products = [...new Set(alive.map((entry) => entry.productId))];
    return {
      shopping: holds(alive.filter((entry) => entry.layer !== "claimed")),
      checkout: holds(alive.filter((entry) => entry.layer === "claimed")),
      units: products.reduce((total, productId) => total + this.held(null, productId).total, 0),
      sessions: new Set(alive.map((entry) => entry.sessionHash)).size,
    };
  }

  #setGranted(sessionHash: string, lines: readonly Line[]): void {
    this.#entries = this.#entries.filter((entry) => entry.sessionHash !== sessionHash || entry.layer !== "granted");
    const until = Math.min(
      this.now + storeTiming.ttlMs,
      (this.#firstGrantedAt.get(sessionHash) ?? this.now) + storeTiming.maxAgeMs,
    );
    this.#entries.push(
      ...lines.map(({ productId, quantity }): Entry => ({
        sessionHash,
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
