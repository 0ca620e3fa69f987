/**
 * Decides whether the store has all claims that Stripe knows of, and otherwise which server restores them.
 * `begin` and `end` throw `UnavailableError` when the store cannot be reached.
 */
export interface RebuildTurns {
  /**
   * - `rebuilt`: the store has all claims.
   * - `begun`: the store started empty or may have lost data. The caller restores claims, settles announced moves, then
   *   calls `end`.
   * - `elsewhere`: another server is rebuilding, or it is too early. Call again later.
   * - `unproven`: the store looks complete, but another one may have replaced it without this server noticing. The
   *   caller passes the epochs of Stripe's sessions to `learn` and calls again.
   */
  begin(): Promise<"rebuilt" | "begun" | "elsewhere" | "unproven">;
  /** Takes the epochs of all Stripe sessions that may still be paid (see `Claim.epoch`). Call it before `end`, too. */
  learn(epochs: Iterable<string>): void;
  /** Marks the store as rebuilt. False if data was lost again since `begin`. */
  end(): Promise<boolean>;
}

/** For the memory store, which loses data only when the process starts. */
export function createProcessRebuildTurns(): RebuildTurns {
  let isRebuilt = false;
  return {
    begin: async () => (isRebuilt ? "rebuilt" : "begun"),
    learn: () => undefined,
    end: async () => (isRebuilt = true),
  };
}
