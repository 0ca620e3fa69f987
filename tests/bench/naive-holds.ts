/** The obvious first design: a map of holds, all of which every call scans. */
export class NaiveHolds {
  readonly holds = new Map<string, { sessionHash: string; productId: string; quantity: number; expiresAt: number }>();

  reserve(sessionHash: string, productId: string, quantity: number, onHand: number, now: number): boolean {
    let held = 0;
    for (const [key, hold] of this.holds) {
      if (hold.expiresAt <= now) this.holds.delete(key);
      else if (hold.productId === productId && hold.sessionHash !== sessionHash) held += hold.quantity;
    }
    if (held + quantity > onHand) return false;
    this.holds.set(`${sessionHash}:${productId}`, { sessionHash, productId, quantity, expiresAt: now + 120_000 });
    return true;
  }

  release(sessionHash: string, productId: string): void {
    this.holds.delete(`${sessionHash}:${productId}`);
  }
}
