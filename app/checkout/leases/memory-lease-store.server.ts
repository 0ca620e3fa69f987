import type { Lease, LeaseStore } from "./lease-store";
import { createTurns } from "./turns";

/** Leases for one server. They last as long as the process, and are never lost or taken over. */
export function createMemoryLeaseStore(): LeaseStore {
  const turns = createTurns();
  /** By key: the checkout that the last holder left unsettled. */
  const names = new Map<string, string>();

  return {
    async acquire({ key, checkoutId, signal }) {
      const endTurn = await turns.take(key, signal);
      const name = names.get(key) ?? null;
      const unsettled = name === checkoutId ? null : name;
      let isHeld = true;
      const lease: Lease = {
        unsettled,
        isHeld: () => isHeld,
        async release({ settled }) {
          if (!isHeld) return;
          isHeld = false;
          // A predecessor's name stays: this holder did not settle it.
          if (unsettled === null && settled === true) names.delete(key);
          else if (unsettled === null && settled === false) names.set(key, checkoutId);
          endTurn();
        },
      };
      return lease;
    },
  };
}
