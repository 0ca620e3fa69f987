import { createClient } from "@supabase/supabase-js";
import { WebSocket } from "ws";
import { z } from "zod";
import { UnavailableError } from "~/errors";
import { MAX_ID_OR_NAME_LENGTH } from "./catalog";
import { DatabaseError, throwingFetch } from "./database-error";

/** Rows per request; PostgREST silently truncates a response at its `max-rows` (1,000 by default). */
const PAGE = 1_000;
/** Values in one `in.()` list, and the most characters of the URL that they may take once encoded. */
const MAX_LIST_VALUES = 100;
const MAX_LIST_CHARACTERS = 6_000;
/** Concurrent queries of one call. */
const PARALLEL = 4;

/** The part of supabase-js's query builder that is used here. */
interface Query {
  retry(enabled: boolean): Query;
  abortSignal(signal: AbortSignal): Query;
  throwOnError(): PromiseLike<{ data: unknown; count: number | null }>;
}

interface Pageable extends Query {
  range(from: number, to: number): Query;
}

export interface CatalogLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

export interface ProductsTableOptions {
  readonly url: string;
  readonly key: string;
  /** Default: `public`. */
  readonly schema?: string | undefined;
  readonly table: string;
  readonly fetch?: typeof fetch | undefined;
  readonly timeoutMs: number;
  readonly log?: CatalogLog | undefined;
}

/**
 * The merchant's table behind supabase-js. Every query ends within `timeoutMs`, is sent once, and throws
 * `UnavailableError` with its cause if there is no response, an error, or a response of an unexpected shape.
 */
export function createProductsTable({
  url,
  key,
  schema = "public",
  table,
  fetch = globalThis.fetch,
  timeoutMs,
  log,
}: ProductsTableOptions) {
  const client = createClient(url, key, {
    db: { schema },
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { fetch: throwingFetch(fetch) },
    // Node 20 has no built-in WebSocket, and supabase-js does not start without one. It is never connected.
    // @ts-expect-error The types of ws and supabase-js disagree about `this` and `null`.
    realtime: { transport: WebSocket },
  });

  async function run(query: Query): Promise<{ data: unknown; count: number | null }> {
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    // Raced as well as aborted: a fetch that ignores its signal must not keep the shopper waiting.
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const reason = new DOMException(`The database did not respond within ${timeoutMs} ms`, "TimeoutError");
        controller.abort(reason);
        reject(reason);
      }, timeoutMs);
    });
    try {
      return await Promise.race([query.retry(false).abortSignal(controller.signal).throwOnError(), deadline]);
    } catch (cause) {
      const message = describeFailure(cause, { schema, table });
      log?.warn({ err: cause, table }, message);
      throw new UnavailableError(message, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  function parse<Row>(schema: z.ZodType<Row>, data: unknown): Row[] {
    const rows = z.array(schema).safeParse(data);
    if (!rows.success)
      throw new UnavailableError(`The database's response for "${table}" is not a list of its rows`, {
        cause: rows.error,
      });
    return rows.data;
  }

  return {
    table,

    /** Starts a query, to be passed to one of the methods below. */
    from: () => client.from(table),

    /** The rows of one response, and the exact count of all matches if the query asks for it. */
    async page<Row>(schema: z.ZodType<Row>, query: Query): Promise<{ rows: Row[]; count: number | null }> {
      const { data, count } = await run(query);
      return { rows: parse(schema, data), count };
    },

    /** The count of a query that asks for `count: "exact", head: true`. */
    async count(query: Query): Promise<number | null> {
      return (await run(query)).count;
    },

    /** All matching rows, in as many requests as needed. `build` returns a new query each time, ordered, with `count: "exact"`. */
    async all<Row>(schema: z.ZodType<Row>, build: () => Pageable): Promise<Row[]> {
      const rows: Row[] = [];
      for (;;) {
        const { data, count } = await run(build().range(rows.length, rows.length + PAGE - 1));
        const more = parse(schema, data);
        rows.push(...more);
        if (count === null) throw new UnavailableError(`The database did not count the rows of "${table}"`);
        if (rows.length >= count || more.length === 0) return rows;
      }
    },
  };
}

export type ProductsTable = ReturnType<typeof createProductsTable>;

/** The error response that caused a failure; null if there was no response, or a success of an unexpected shape. */
export function databaseError(error: unknown): DatabaseError | null {
  return error instanceof UnavailableError && error.cause instanceof DatabaseError ? error.cause : null;
}

/** The code from PostgreSQL (`22P02`) or PostgREST (`PGRST103`) behind a failure; null if there is none. */
export function databaseCode(error: unknown): string | null {
  return databaseError(error)?.body?.code ?? null;
}

/** A list for `.filter(column, "in", …)` with every value quoted: supabase-js's own `.in()` does not escape quotes and backslashes. */
export function inList(values: readonly string[]): string {
  return `(${values.map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`).join(",")})`;
}

/** Splits the distinct values into lists short enough for a URL, runs `read` on a few of them at a time, and returns all rows. */
export async function inLists<Row>(
  values: readonly string[],
  read: (list: readonly string[]) => Promise<Row[]>,
): Promise<Row[]> {
  const lists: string[][] = [];
  let characters = 0;
  for (const value of new Set(values)) {
    // PostgreSQL's text type cannot contain NUL.
    if (value === "" || value.length > MAX_ID_OR_NAME_LENGTH || value.includes("\0")) continue;
    const length = new URLSearchParams({ "": value }).toString().length + 9;
    const list = lists.at(-1);
    if (list === undefined || list.length === MAX_LIST_VALUES || characters + length > MAX_LIST_CHARACTERS) {
      lists.push([value]);
      characters = length;
    } else {
      list.push(value);
      characters += length;
    }
  }

  const rows: Row[] = [];
  const waiting = lists.values();
  const worker = async (): Promise<void> => {
    for (const list of waiting) rows.push(...(await read(list)));
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, lists.length) }, worker));
  return rows;
}

/** Where a person opens a schema to the API. */
const EXPOSE_SCHEMA = "in Supabase under Project Settings, Data API, Exposed schemas";

function describeFailure(cause: unknown, { schema, table }: { schema: string; table: string }): string {
  if (!(cause instanceof DatabaseError)) {
    return cause instanceof Error ? `The database did not respond: ${cause.message}` : "The database did not respond";
  }
  switch (cause.body?.code) {
    case "PGRST106":
      return `The schema "${schema}" (PRODUCTS_SCHEMA) is not exposed; add it ${EXPOSE_SCHEMA}: ${cause.message}`;
    case "42P01":
    case "PGRST205":
      return `The table "${table}" does not exist, or Supabase's API does not show it: set PRODUCTS_TABLE to your table's name, or grant its rights to service_role. ${cause.message}`;
    case "42703":
    case "PGRST204":
      return `A column is missing from the table "${table}": ${cause.message}`;
    case "42501":
      return `The key lacks the rights for this on the table "${table}": ${cause.message}`;
    case undefined:
    default:
      return `The database returned an error: ${cause.message}`;
  }
}
