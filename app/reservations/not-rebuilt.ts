import { UnavailableError } from "~/errors";

/** Holds of payments in progress may be missing from the store until they are rebuilt from Stripe. */
export function notRebuilt(): UnavailableError {
  return new UnavailableError("payments in progress are still being looked up");
}
