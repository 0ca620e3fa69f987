/**
 * Whether the store bears all claims that Stripe knows of, and whose turn it is to restore them when it does not.
 * Both methods throw `UnavailableError` when the store cannot be reached.
 */
export interface RebuildTurns {
  /**
   * `rebuilt`: it does. `begun`: it came up empty or may have lost data, and the caller is to restore claims and to settle
   * announced moves, then to say so with `end`. `elsewhere`: another server is at it, or it is too early; ask again.
   * `unproven`: the store says that it does, and this server cannot tell whether another store has taken its place since; the
   * caller is to `learn` what Stripe's sessions name and to ask again.
   */
  begin(): Promise<"rebuilt" | "begun" | "elsewhere" | "unproven">;
  /** The epochs of all claims that Stripe's sessions may still be paid by (see `Claim.epoch`). To be called before `end`, too. */
  learn(epochs: Iterable<string>): void;
  /** False when data was lost again since `begin`. */
  end(): Promise<boolean>;
}

/** For the store of one process: empty at boot, and never again. */
export function createProcessRebuildTurns(): RebuildTurns {
  let isRebuilt = false;
  return {
    begin: async () => (isRebuilt ? "rebuilt" : "begun"),
    learn: () => undefined,
    end: async () => (isRebuilt = true),
  };
}
