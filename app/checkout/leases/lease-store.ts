/**
 * Exclusive right to fulfil a checkout and to move a product's stock: an in-process mutex with the memory store, Redis
 * leases with Redis. A lease names the checkout it works for. If it isn't released as settled it keeps that name, and
 * the next holder must settle the named checkout first.
 */
export interface LeaseStore {
  /**
   * Waits until `key` is free; throws `UnavailableError` when `signal` aborts first.
   * `unsettled`: the checkout that the previous holder left unsettled on this key, if it isn't `checkoutId` itself.
   *
   * @example
   * const lease = await leases.acquire({ key: "product:mug", checkoutId, signal });
   * // … move the stock, checking lease.isHeld() before each write …
   * await lease.release({ settled: true });
   */
  acquire(request: { key: string; checkoutId: string; signal: AbortSignal }): Promise<Lease>;
}

export interface Lease {
  readonly unsettled: string | null;
  /**
   * True if the lease will certainly outlast a request sent now. Checked before each write. Always true in one process.
   */
  isHeld(): boolean;
  /**
   * Releases the lease. `true` clears the checkout's name, `false` leaves it. `as_before`: nothing was done, so the
   * name stays whatever it was, even the checkout's own. A predecessor's name always stays: only a lease of that
   * checkout itself, released as settled, clears it.
   */
  release(result: { settled: boolean | "as_before" }): Promise<void>;
}
