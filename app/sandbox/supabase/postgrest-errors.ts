import { z } from "zod";

const databaseError = z.object({
  code: z.string(),
  message: z.string(),
  detail: z.unknown().optional(),
  hint: z.unknown().optional(),
});

/**
 * Codes for which PostgREST responds with 400, but `@supabase/lite` with a 500 without the code: constraint violations,
 * exceptions raised by triggers, check options of views, and columns of views that cannot be updated.
 */
const CLIENT_ERRORS = /^(0A000|23514|23001|23P01|P0001|44000)$/;

interface Connection {
  normalizeDbError(error: unknown): unknown;
}

/**
 * Makes the stand-in report these errors as PostgREST does. Uses the error code PGRST, with which a database chooses
 * the response itself. Source: https://docs.postgrest.org/en/stable/references/errors.html
 */
export function reportErrorsLikePostgrest(connection: Connection): void {
  const normalize = connection.normalizeDbError.bind(connection);
  connection.normalizeDbError = (error) => {
    const normalized = normalize(error);
    const parsed = databaseError.safeParse(normalized).data;
    if (parsed === undefined || !CLIENT_ERRORS.test(parsed.code)) return normalized;
    const { code, message, detail = null, hint = null } = parsed;
    return {
      code: "PGRST",
      message: JSON.stringify({ code, message, details: detail, hint }),
      detail: JSON.stringify({ status: 400, headers: {} }),
    };
  };
}
