import { StripeApiError } from "./stripe-error.server";

/** A response that can be replayed byte for byte. */
export interface SavedResponse {
  status: number;
  body: string;
  requestId: string;
}

interface Entry {
  path: string;
  params: string;
  expiresAt: number;
  response: SavedResponse | undefined;
}

const LIFE_MS = 24 * 60 * 60 * 1000;
const MAX_KEYS = 20_000;

/** The first use of a key. */
interface FirstUse {
  kind: "first";
  /** Saves the response for later uses. */
  save(response: SavedResponse): void;
  /** Ends the use. Frees the key if no response was saved, because nothing was executed then. */
  forgetUnlessSaved(): void;
}

/**
 * Idempotency keys of POST requests. The first response, even a 500, is replayed for 24 hours (at most 20,000 keys are
 * kept). A use with other parameters or another endpoint is a 400 `idempotency_error`; a use while the first is in
 * progress is a 409 `idempotency_key_in_use`. Source: https://docs.stripe.com/api/idempotent_requests
 */
export interface IdempotencyKeys {
  /** Throws the 400 and the 409. `params` are the request's parameters as `canonical` text. */
  use(key: string, path: string, params: string): FirstUse | { kind: "replay"; response: SavedResponse };
  clear(): void;
}

export function createIdempotencyKeys(now: () => number): IdempotencyKeys {
  const entries = new Map<string, Entry>();

  function dropOldest(): void {
    for (const [key, { expiresAt }] of entries) {
      if (expiresAt > now() && entries.size <= MAX_KEYS) return;
      entries.delete(key);
    }
  }

  return {
    use(key, path, params) {
      dropOldest();
      if (key.length > 255) {
        throw idempotencyError("Idempotency keys can be up to 255 characters long.");
      }
      const known = entries.get(key);
      if (known !== undefined) {
        if (known.path !== path) {
          throw idempotencyError(
            `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${path}' vs '${known.path}'). Try using a key other than '${key}' if you meant to execute a different request.`,
          );
        }
        if (known.params !== params) {
          throw idempotencyError(
            `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
          );
        }
        if (known.response !== undefined) return { kind: "replay", response: known.response };
        throw new StripeApiError(
          409,
          {
            type: "invalid_request_error",
            code: "idempotency_key_in_use",
            message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
          },
          { executed: false, headers: { "Stripe-Should-Retry": "true" } },
        );
      }
      const entry: Entry = { path, params, expiresAt: now() + LIFE_MS, response: undefined };
      entries.set(key, entry);
      return {
        kind: "first",
        save(response) {
          entry.response = response;
        },
        forgetUnlessSaved() {
          if (entry.response === undefined && entries.get(key) === entry) entries.delete(key);
        },
      };
    },
    clear: () => {
      entries.clear();
    },
  };
}

function idempotencyError(message: string): StripeApiError {
  return new StripeApiError(400, { type: "idempotency_error", message }, { executed: false });
}

/** Serializes parameters independently of their order, so that equal parameters give equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
}
