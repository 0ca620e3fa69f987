/** Which carts were last changed from which address: what the cap on units of one address is counted by. */
export interface AddressBook {
  /** Notes that the cart was changed from there, and answers with all carts of that address, this one included. */
  note(address: string, session: string): Promise<readonly string[]>;
}

/** A hundred thousand carts; the addresses that were quiet for longest go first. */
const MAX_CARTS = 100_000;

/** For one server. `isHolding`: whether a cart still holds anything; those that do not are forgotten. */
export function createMemoryAddressBook(isHolding: (session: string) => Promise<boolean>): AddressBook {
  const carts = new Map<string, Set<string>>();
  let count = 0;

  return {
    async note(address, session) {
      const known = carts.get(address) ?? new Set<string>();
      for (const other of [...known]) {
        if (other !== session && !(await isHolding(other)) && known.delete(other)) count -= 1;
      }
      if (!known.has(session)) count += 1;
      known.add(session);
      // Last in the map is the one that was heard of last.
      carts.delete(address);
      carts.set(address, known);
      for (const [quiet, forgotten] of carts) {
        if (count <= MAX_CARTS) break;
        carts.delete(quiet);
        count -= forgotten.size;
      }
      return [...known];
    },
  };
}
