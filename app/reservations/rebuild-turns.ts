/**
 * Whether the store bears all claims that Stripe knows of, and whose turn it is to restore them when it does not.
 * Both methods throw `UnavailableError` when the store cannot be reached.
 */
export interface RebuildTurns {
  /**
   * `rebuilt`: it does. `begun`: it came up empty or may have lost data, and the caller is to restore claims and to settle
   * announced moves, then to say so with `end`. `elsewhere`: another server is at it, or it is too early; ask again.
   */
  begin(): Promise<"rebuilt" | "begun" | "elsewhere">;
  /** False when data was lost again since `begin`. */
  end(): Promise<boolean>;
}

/** For the store of one process: empty at boot, and never again. */
export function createProcessRebuildTurns(): RebuildTurns {
  let isRebuilt = false;
  return {
    begin: async () => (isRebuilt ? "rebuilt" : "begun"),
    end: async () => (isRebuilt = true),
  };
}
