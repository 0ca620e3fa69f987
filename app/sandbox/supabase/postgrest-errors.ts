import { z } from "zod";

const databaseError = z.object({
  code: z.string(),
  message: z.string(),
  detail: z.unknown().optional(),
  hint: z.unknown().optional(),
});

/** Codes that PostgREST answers with 400 and the stand-in with a 500 that names none: constraints, what triggers raise, check options. */
const PASSED_ON = /^(23514|23001|23P01|P0001|44000)$/;

interface Connection {
  normalizeDbError(error: unknown): unknown;
}

/**
 * Makes the stand-in answer such errors as PostgREST does. Uses its own way for a database that chooses the response itself
 * (an error with the code PGRST). Source of the codes: PostgREST, "Errors".
 */
export function answerAsPostgrest(connection: Connection): void {
  const normalize = connection.normalizeDbError.bind(connection);
  connection.normalizeDbError = (error) => {
    const normalized = normalize(error);
    const parsed = databaseError.safeParse(normalized).data;
    if (parsed === undefined || !PASSED_ON.test(parsed.code)) return normalized;
    const { code, message, detail = null, hint = null } = parsed;
    return {
      code: "PGRST",
      message: JSON.stringify({ code, message, details: detail, hint }),
      detail: JSON.stringify({ status: 400, headers: {} }),
    };
  };
}
