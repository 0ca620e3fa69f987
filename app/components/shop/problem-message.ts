/** The message for the shopper in an error response. Null if the response is not ours or says no more than its status. */
export function problemMessage(data: unknown): string | null {
  const isOurs = typeof data === "object" && data !== null && "code" in data && "message" in data;
  return isOurs && data.code !== "unavailable" && typeof data.message === "string" ? data.message : null;
}
