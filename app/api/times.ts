/** The time `inMs` after `now` (epoch milliseconds), in the API's fields; null stays null. */
export function momentIn(
  inMs: number | null,
  now: number,
): { expires_at: string | null; expires_in_seconds: number | null } {
  return {
    expires_at: inMs === null ? null : new Date(now + inMs).toISOString(),
    expires_in_seconds: inMs === null ? null : Math.ceil(inMs / 1000),
  };
}
