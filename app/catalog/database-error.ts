import { z } from "zod";

/** PostgREST's own error body; PostgreSQL's errors come in it too. A gateway's page or JSON has another shape. Source: PostgREST, "Errors". */
const present = z.unknown().refine((value) => value !== undefined);
const postgrestBody = z.object({ code: z.string(), message: z.string(), details: present, hint: present });

export type PostgrestBody = z.infer<typeof postgrestBody>;

/**
 * A response of the database's API, or of a gateway before it, that is not a success.
 * Thrown by the fetch, because postgrest-js reads some of them as successes (404 with an empty body or a list).
 */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly status: number;
  /** Null where the body is not PostgREST's: then it may not have been PostgREST that answered. */
  readonly said: PostgrestBody | null;

  constructor(status: number, body: string) {
    const said = parseBody(body);
    super(said === null ? `HTTP ${status}: ${body.slice(0, 200)}` : sentence(said));
    this.status = status;
    this.said = said;
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

/** The same fetch, throwing `DatabaseError` for every response that is not 2xx. */
export function throwingFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.ok) return response;
    throw new DatabaseError(response.status, await response.text());
  };
}
