import { describeListPages, LIST_COLUMNS, LIST_TABLE, type ListDatabase } from "./list-pages";
import { openPostgresqlApi } from "./postgresql-api";

async function openReal(): Promise<ListDatabase> {
  const api = await openPostgresqlApi({ schema: LIST_TABLE });
  return {
    catalog: (options) => api.catalog({ table: "goods", columns: LIST_COLUMNS, ...options }),
    async setRows(rows) {
      await api.sql`truncate goods`;
      if (rows.length > 0) await api.sql`insert into goods ${api.sql([...rows])}`;
    },
    close: () => api.close(),
  };
}

describeListPages("a real PostgreSQL", openReal, 30);
