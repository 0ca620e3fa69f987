/** Result of one check, for the person who sets the shop up. */
export interface Finding {
  /** `failed`: the shop would not sell, or would sell wrongly. */
  readonly state: "ok" | "failed" | "note";
  readonly text: string;
}

export const ok = (text: string): Finding => ({ state: "ok", text });
export const failed = (text: string): Finding => ({ state: "failed", text });
export const note = (text: string): Finding => ({ state: "note", text });

/** Runs a step that throws if it fails. `text` names what it has proven. */
export async function attempt<T>(text: string, run: () => Promise<T>): Promise<{ finding: Finding; result: T | null }> {
  try {
    return { result: await run(), finding: ok(`${text}.`) };
  } catch (error) {
    return { result: null, finding: failed(`${text}: no. ${messageOf(error)}`) };
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
