/** Objects kept by the memory driver. Records and products include lapsed ones that are not reclaimed yet. */
export interface StoredCounts {
  readonly records: number;
  readonly holds: number;
  readonly claims: number;
  readonly products: number;
  readonly clients: number;
}

/**
 * Estimated bytes of the memory driver. Calibrated on Node 20 (64 bit) against the heap in use after a forced garbage
 * collection with 1,000,000 one-line holds, session keys of 43 characters and operation ids of 16. The test "take at
 * most 300 bytes each, and the estimate is close to the heap" repeats the measurement.
 */
export function estimatedBytes({ records, holds, claims, products, clients }: StoredCounts): number {
  return records * 250 + holds * 8 + claims * 450 + products * 1_000 + clients * 500;
}
