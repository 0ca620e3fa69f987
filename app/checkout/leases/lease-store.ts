/**
 * Exclusive right to settle a checkout and to move a product's stock: an in-process mutex with the memory store, Redis
 * leases with Redis. A lease names the checkout it works for. A lease that was not given back as settled keeps that
 * name: whoever takes it next must settle the named checkout first.
 */
export interface LeaseStore {
  /**
   * Waits until `key` is free, at most until `signal` aborts (then throws `UnavailableError`).
   * `unsettled`: the checkout that the last holder left unsettled on this key, unless it is `checkoutId` itself.
   */
  acquire(request: { key: string; checkoutId: string; signal: AbortSignal }): Promise<Lease>;
}

export interface Lease {
  readonly unsettled: string | null;
  /** True while the lease is certainly ours until what is sent now has ended; checked before each write. Always true in one process. */
  isHeld(): boolean;
  /**
   * Gives it back. `settled: false` leaves the checkout's name on it; `as_before`: nothing was done under it, so it bears the
   * name that it bore, the checkout's own too. A predecessor's name stays whatever the result says: only a lease of that
   * checkout itself, given back as settled, takes it off.
   */
  release(result: { settled: boolean | "as_before" }): Promise<void>;
}
