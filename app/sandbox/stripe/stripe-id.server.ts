import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function random(length: number): string {
  return Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

/** An unguessable id in Stripe's format: `pi_1…`. */
export function newStripeId(prefix: string): string {
  return `${prefix}_1${random(23)}`;
}

/**
 * An id of a Checkout Session. As long as Stripe's (66 characters), to expose columns and cookies that are too small.
 */
export function newCheckoutId(): string {
  return `cs_test_a1${random(56)}`;
}
