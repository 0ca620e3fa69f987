import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Catalog } from "~/catalog/catalog";

/** A database with one product (`PRODUCT`), accessed through several catalogs as by several app servers. */
export interface SwapDatabase {
  readonly catalogs: readonly [Catalog, ...Catalog[]];
  setInventory(inventory: number | null): Promise<void>;
  /** An update without a condition on the inventory, for the negative control. */
  overwrite(inventory: number): Promise<void>;
  close(): Promise<void>;
}

export const PRODUCT = "6f1c2a54-8d0e-4b7a-9c35-1e8f0a7b4d01";

/** The guarantees of compareAndSwap, for every database that it runs on. */
export function describeCompareAndSwap(
  name: string,
  open: () => Promise<SwapDatabase>,
  { buyers, units }: { buyers: number; units: number },
): void {
  describe(`compareAndSwap on ${name}`, () => {
    let database: SwapDatabase;
    let catalog: Catalog;
    beforeAll(async () => {
      database = await open();
      [catalog] = database.catalogs;
    });
    afterAll(() => database.close());
    beforeEach(() => database.setInventory(units));

    const onHand = async (from: Catalog = catalog): Promise<number> =>
      (await from.readStock([PRODUCT])).get(PRODUCT)?.inventory ?? 0;

    /** Every buyer tries until it has one unit or none is left. Returns how many believe that they have one. */
    async function rush(sell: (from: number, at: Catalog) => Promise<boolean>): Promise<number> {
      const sold = await Promise.all(
        Array.from({ length: buyers }, async (_, index) => {
          const at = database.catalogs[index % database.catalogs.length] ?? catalog;
          for (;;) {
            const seen = await onHand(at);
            if (seen <= 0) return 0;
            if (await sell(seen, at)) return 1;
          }
        }),
      );
      return sold.reduce<number>((sum, one) => sum + one, 0);
    }

    it("changes nothing when the number has changed", async () => {
      expect(await catalog.compareAndSwap({ productId: PRODUCT, from: units + 1, to: 0 })).toEqual({
        outcome: "changed",
      });
      expect(await onHand()).toBe(units);
    });

    it("changes nothing when the inventory is null, the row does not exist or the id is malformed", async () => {
      await database.setInventory(null);
      expect(await catalog.compareAndSwap({ productId: PRODUCT, from: 0, to: 1 })).toEqual({ outcome: "changed" });
      expect(await catalog.compareAndSwap({ productId: PRODUCT.replace("6", "7"), from: units, to: 1 })).toEqual({
        outcome: "changed",
      });
      expect(await catalog.compareAndSwap({ productId: "abc", from: units, to: 1 })).toEqual({ outcome: "changed" });
    });

    it("rejects numbers that are not whole", async () => {
      await expect(catalog.compareAndSwap({ productId: PRODUCT, from: units, to: 0.5 })).rejects.toThrow("whole");
      await expect(catalog.compareAndSwap({ productId: PRODUCT, from: Number.NaN, to: 0 })).rejects.toThrow("whole");
    });

    it("swaps when the number is as expected, and only once", async () => {
      expect(await catalog.compareAndSwap({ productId: PRODUCT, from: units, to: units - 1 })).toEqual({
        outcome: "swapped",
      });
      expect(await catalog.compareAndSwap({ productId: PRODUCT, from: units, to: units - 1 })).toEqual({
        outcome: "changed",
      });
      expect(await onHand()).toBe(units - 1);
    });

    it(`lets exactly one of ${buyers} simultaneous swaps from the same number through`, async () => {
      const outcomes = await Promise.all(
        Array.from({ length: buyers }, (_, index) =>
          (database.catalogs[index % database.catalogs.length] ?? catalog).compareAndSwap({
            productId: PRODUCT,
            from: units,
            to: units - 1,
          }),
        ),
      );
      expect(outcomes.filter(({ outcome }) => outcome === "swapped")).toHaveLength(1);
      expect(await onHand()).toBe(units - 1);
    });

    it(`sells exactly ${units} units to ${buyers} simultaneous buyers`, async () => {
      const sold = await rush(
        async (seen, at) =>
          (await at.compareAndSwap({ productId: PRODUCT, from: seen, to: seen - 1 })).outcome === "swapped",
      );
      expect(sold).toBe(units);
      expect(await onHand()).toBe(0);
    }, 120_000);

    it("oversells without the condition: a read, then an unconditional write (negative control)", async () => {
      const sold = await rush(async (seen) => {
        await database.overwrite(seen - 1);
        return true;
      });
      expect(sold).toBeGreaterThan(units);
    }, 120_000);
  });
}
