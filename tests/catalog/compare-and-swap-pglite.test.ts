import { openTestDatabase } from "../sandbox/test-database";
import { describeCompareAndSwap, PRODUCT } from "./compare-and-swap";

describeCompareAndSwap(
  "the embedded PostgreSQL",
  async () => {
    const database = await openTestDatabase({ schema: "alter table products alter inventory_count drop not null" });
    const setInventory = async (inventory: number | null): Promise<void> => {
      await database.exec("update products set inventory_count = $1 where id = $2", [inventory, PRODUCT]);
    };
    return {
      catalogs: [database.catalog, database.catalogWith({})],
      setInventory,
      overwrite: setInventory,
      close: () => database.close(),
    };
  },
  { buyers: 40, units: 10 },
);
