import { PRODUCTS_SCHEMA } from "~/sandbox/supabase/supabase-sandbox.server";
import { DEFAULT_COLUMNS } from "../sandbox/test-database";
import { describeCompareAndSwap, PRODUCT } from "./compare-and-swap";
import { openPostgresqlApi } from "./postgresql-api";

/** App servers, and PostgreSQL connections of each. */
const SERVERS = 4;
const CONNECTIONS = 5;

describeCompareAndSwap(
  "a real PostgreSQL over several connections",
  async () => {
    const api = await openPostgresqlApi({
      schema: `${PRODUCTS_SCHEMA}
        alter table products alter inventory_count drop not null;
        insert into products (id, name, price, inventory_count) values ('${PRODUCT}', 'Tide Mug', 28, 0);`,
      servers: SERVERS,
      connections: CONNECTIONS,
    });
    const [first, ...others] = Array.from({ length: SERVERS }, (_, server) =>
      api.catalog({ table: "products", columns: DEFAULT_COLUMNS, server }),
    );
    if (first === undefined) throw new Error("No server");

    const setInventory = async (inventory: number | null): Promise<void> => {
      await api.sql`update products set inventory_count = ${inventory} where id = ${PRODUCT}`;
    };
    return { catalogs: [first, ...others], setInventory, overwrite: setInventory, close: () => api.close() };
  },
  { buyers: 200, units: 50 },
);
