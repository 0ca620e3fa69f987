/** What the server has to say to a person, from the data of an error response; null when it is not one of ours, or says no more than its status. */
export function problemMessage(data: unknown): string | null {
  const isOurs = typeof data === "object" && data !== null && "code" in data && "message" in data;
  return isOurs && data.code !== "unavailable" && typeof data.message === "string" ? data.message : null;
}
