/** Result of one check, for the person who sets the shop up. */
export interface Finding {
  /** `failed`: the shop would not sell, or would sell wrongly. */
  readonly state: "ok" | "failed" | "note";
  readonly text: string;
}

export const ok = (text: string): Finding => ({ state: "ok", text });
export const failed = (text: string): Finding => ({ state: "failed", text });
export const note = (text: string): Finding => ({ state: "note", text });

/** Runs a step that throws if it fails. `what` is a noun, `done` what happened to it: "Payment", "refunded". */
export async function attempt<T>(
  [what, done]: readonly [what: string, done: string],
  run: () => Promise<T>,
): Promise<{ finding: Finding; result: T | null }> {
  try {
    return { result: await run(), finding: ok(`${what} ${done}.`) };
  } catch (error) {
    return { result: null, finding: failed(`${what} not ${done}: ${messageOf(error)}`) };
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
