import { UnavailableError } from "~/errors";

/** At 20 to 100 ms each about three seconds: longer than a stock read takes, shorter than a shopper waits. */
const TRIES = 50;

/**
 * Repeats a step for as long as another undecided call of the same session is in its way.
 * Throws `UnavailableError` when that does not end; the step has then changed nothing.
 */
export async function waitWhileBusy<Result extends { readonly outcome: string }>(
  backOff: () => Promise<void>,
  step: () => Promise<Result>,
): Promise<Exclude<Result, { readonly outcome: "busy" }>> {
  for (let tries = 1; ; tries += 1) {
    const result = await step();
    if (isDecided(result)) return result;
    if (tries >= TRIES) throw new UnavailableError("another change of this cart is still running");
    await backOff();
  }
}

function isDecided<Result extends { readonly outcome: string }>(
  result: Result,
): result is Exclude<Result, { readonly outcome: "busy" }> {
  return result.outcome !== "busy";
}
