import { openTestDatabase } from "../sandbox/test-database";
import { describeListPages, LIST_COLUMNS, LIST_TABLE, type ListDatabase } from "./list-pages";

async function openEmbedded(): Promise<ListDatabase> {
  const database = await openTestDatabase({ schema: LIST_TABLE });
  return {
    catalog: (options) => database.catalogWith({ table: "goods", columns: LIST_COLUMNS, ...options }),
    setRows: (rows) =>
      database.setRows(
        rows.map((row) => ({ ...row })),
        "goods",
      ),
    close: () => database.close(),
  };
}

describeListPages("the embedded PostgreSQL", openEmbedded, 30);
