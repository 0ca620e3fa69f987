import { createClient } from "@supabase/supabase-js";
import { WebSocket } from "ws";
import { z } from "zod";
import { UnavailableError } from "~/errors";
import { MAX_ID_OR_NAME_LENGTH } from "./catalog";
import { DatabaseError, throwingFetch } from "./database-error";

/** Rows asked for at a time; PostgREST cuts an answer at its `max-rows` (1,000 by default) without a word. */
const PAGE = 1_000;
/** Values in one `in.()` list, and what they may take of the URL, in characters after encoding. */
const LIST_VALUES = 100;
const LIST_CHARACTERS = 6_000;
/** Queries of one call that run at the same time. */
const PARALLEL = 4;

/** What is used of supabase-js's query builder. */
interface Query {
  retry(enabled: boolean): Query;
  abortSignal(signal: AbortSignal): Query;
  throwOnError(): PromiseLike<{ data: unknown; count: number | null }>;
}

interface Pageable extends Query {
  range(from: number, to: number): Query;
}

export type CatalogLog = { warn(fields: Record<string, unknown>, message: string): void };

export interface ProductsTableOptions {
  readonly url: string;
  readonly key: string;
  readonly table: string;
  readonly fetch?: typeof fetch | undefined;
  readonly timeoutMs: number;
  readonly log?: CatalogLog | undefined;
}

/**
 * The merchant's table behind supabase-js. Every query ends within `timeoutMs`, is sent once, and throws
 * `UnavailableError` with its cause when there is no answer, an error, or an answer of another shape.
 */
export function createProductsTable({
  url,
  key,
  table,
  fetch = globalThis.fetch,
  timeoutMs,
  log,
}: ProductsTableOptions) {
  const client = createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { fetch: throwingFetch(fetch) },
    // Node 20 has no WebSocket of its own, and supabase-js will not start without one. It is never connected.
    // @ts-expect-error The types of ws and of supabase-js disagree about `this` and `null`.
    realtime: { transport: WebSocket },
  });

  async function answer(query: Query): Promise<{ data: unknown; count: number | null }> {
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    // Raced as well as aborted: a fetch that does not heed its signal must not hold the shopper.
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const reason = new DOMException(`The database did not answer within ${timeoutMs} ms`, "TimeoutError");
        controller.abort(reason);
        reject(reason);
      }, timeoutMs);
    });
    try {
      return await Promise.race([query.retry(false).abortSignal(controller.signal).throwOnError(), deadline]);
    } catch (cause) {
      const message = describeFailure(cause, table);
      log?.warn({ err: cause, table }, message);
      throw new UnavailableError(message, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  function parse<Row>(schema: z.ZodType<Row>, data: unknown): Row[] {
    const rows = z.array(schema).safeParse(data);
    if (!rows.success)
      throw new UnavailableError(`The database's answer about "${table}" is not a list of its rows`, {
        cause: rows.error,
      });
    return rows.data;
  }

  return {
    table,

    /** Starts a query; hand it to one of the methods below. */
    from: () => client.from(table),

    /** The rows of one answer, and the exact count of all that match where the query asks for it. */
    async page<Row>(schema: z.ZodType<Row>, query: Query): Promise<{ rows: Row[]; count: number | null }> {
      const { data, count } = await answer(query);
      return { rows: parse(schema, data), count };
    },

    /** The count of a query that asks for `count: "exact", head: true`. */
    async count(query: Query): Promise<number | null> {
      return (await answer(query)).count;
    },

    /** Every row that matches, in as many answers as that takes. `build` starts the query afresh, ordered, with `count: "exact"`. */
    async all<Row>(schema: z.ZodType<Row>, build: () => Pageable): Promise<Row[]> {
      const rows: Row[] = [];
      for (;;) {
        const { data, count } = await answer(build().range(rows.length, rows.length + PAGE - 1));
        const more = parse(schema, data);
        rows.push(...more);
        if (count === null) throw new UnavailableError(`The database did not count the rows of "${table}"`);
        if (rows.length >= count || more.length === 0) return rows;
      }
    },
  };
}

export type ProductsTable = ReturnType<typeof createProductsTable>;

/** The response behind a failure that is not a success; null where there was no response, or one of another shape. */
export function databaseError(error: unknown): DatabaseError | null {
  return error instanceof UnavailableError && error.cause instanceof DatabaseError ? error.cause : null;
}

/** The code of PostgreSQL (`22P02`) or PostgREST (`PGRST103`) behind a failure, or null when the database said nothing. */
export function databaseCode(error: unknown): string | null {
  return databaseError(error)?.said?.code ?? null;
}

/** A list for `.filter(column, "in", …)`, every value quoted: supabase-js's own `.in()` leaves quotes and backslashes as they are. */
export function inList(values: readonly string[]): string {
  return `(${values.map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`).join(",")})`;
}

/** Runs `read` on the distinct values in lists short enough for a URL, a few at a time, and returns all their rows. */
export async function inLists<Row>(
  values: readonly string[],
  read: (list: readonly string[]) => Promise<Row[]>,
): Promise<Row[]> {
  const lists: string[][] = [];
  let characters = 0;
  for (const value of new Set(values)) {
    // PostgreSQL's text cannot hold a NUL.
    if (value === "" || value.length > MAX_ID_OR_NAME_LENGTH || value.includes("\0")) continue;
    const length = new URLSearchParams({ "": value }).toString().length + 9;
    const list = lists.at(-1);
    if (list === undefined || list.length === LIST_VALUES || characters + length > LIST_CHARACTERS) {
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

function describeFailure(cause: unknown, table: string): string {
  if (!(cause instanceof DatabaseError)) {
    return cause instanceof Error ? `The database did not answer: ${cause.message}` : "The database did not answer";
  }
  switch (cause.said?.code) {
    case "42P01":
    case "PGRST205":
      return `The table "${table}" does not exist or is not exposed: ${cause.message}`;
    case "42703":
    case "PGRST204":
      return `A column is missing from the table "${table}": ${cause.message}`;
    case "42501":
      return `The key may not do this with the table "${table}": ${cause.message}`;
    case undefined:
    default:
      return `The database answered with an error: ${cause.message}`;
  }
}
