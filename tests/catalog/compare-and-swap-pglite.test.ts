import { openTestDatabase } from "../sandbox/test-database";
import { describeCompareAndSwap, PRODUCT, type SwapDatabase } from "./compare-and-swap";

async function openEmbedded(through: (api: typeof fetch) => typeof fetch = (api) => api): Promise<SwapDatabase> {
  const database = await openTestDatabase({ schema: "alter table products alter inventory_count drop not null" });
  const setInventory = async (inventory: number | null): Promise<void> => {
    await database.exec("update products set inventory_count = $1 where id = $2", [inventory, PRODUCT]);
  };
  const catalog = () => database.catalogWith({ fetch: through(database.fetch) });
  return { catalogs: [catalog(), catalog()], setInventory, overwrite: setInventory, close: () => database.close() };
}

/** PostgREST 12.0 and 12.1 support strict handling, but not the limit of rows. */
function withoutMaxAffected(api: typeof fetch): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    if (!/max-affected/.test(request.headers.get("prefer") ?? "")) return api(request);
    const body = {
      code: "PGRST122",
      details: "Invalid preferences: max-affected=1",
      hint: null,
      message: "Invalid preferences given with handling=strict",
    };
    return Response.json(body, { status: 400 });
  };
}

describeCompareAndSwap("the embedded PostgreSQL", () => openEmbedded(), { buyers: 40, units: 10 });
describeCompareAndSwap("an API without a limit of rows", () => openEmbedded(withoutMaxAffected), {
  buyers: 10,
  units: 3,
});
