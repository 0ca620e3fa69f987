import { z } from "zod";

/** PostgREST's error body, which carries PostgreSQL's errors too. A gateway's page or JSON has another shape. Source: PostgREST, "Errors". */
const present = z.unknown().refine((value) => value !== undefined);
const postgrestBody = z.object({ code: z.string(), message: z.string(), details: present, hint: present });

export type PostgrestBody = z.infer<typeof postgrestBody>;

/**
 * An error response from the database's API or from a gateway in front of it.
 * Thrown by the fetch, because postgrest-js treats some of them as successes (404 with an empty body or a list).
 */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly status: number;
  /** Null if it is not a PostgREST error: then the response may come from something else. */
  readonly body: PostgrestBody | null;

  constructor(status: number, body: string) {
    const parsed = parseBody(body);
    super(parsed === null ? `HTTP ${status}: ${body.slice(0, 200)}` : sentence(parsed));
    this.status = status;
    this.body = parsed;
  }
}

function parseBody(body: string): PostgrestBody | null {
  try {
    return postgrestBody.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

function sentence({ message, hint }: PostgrestBody): string {
  return (typeof hint === "string" && hint !== "" ? `${message}. ${hint}` : message).slice(0, 500);
}

/** Wraps `fetch` to throw `DatabaseError` for every response that is not 2xx. */
export function throwingFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.ok) return response;
    throw new DatabaseError(response.status, await response.text());
  };
}
