import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function random(length: number): string {
  return Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

/** An id in the shape of Stripe's, unguessable: `pi_3…`. */
export function newStripeId(prefix: string): string {
  return `${prefix}_1${random(23)}`;
}

/** Checkout ids are longer than others (66 characters): a column or cookie sized for less breaks with Stripe. */
export function newCheckoutId(): string {
  return `cs_test_a1${random(56)}`;
}
