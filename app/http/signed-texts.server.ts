import { createHmac, timingSafeEqual } from "node:crypto";

/** Signs texts that leave the server, and verifies them when they come back. */
export interface SignedTexts {
  /** `text.signature`, made with the first secret; always the same for a text. */
  sign(text: string): string;
  /** The text if one of the secrets signed it, otherwise null. */
  verify(signed: string): string | null;
}

/**
 * Creates a signer. A signature for one `purpose` is invalid for every other, even with the same secrets.
 *
 * @example
 * const ids = createSignedTexts("session", secrets);
 * ids.verify(ids.sign("abc")); // "abc"
 */
export function createSignedTexts(purpose: string, secrets: readonly string[]): SignedTexts {
  const signature = (text: string, secret: string) =>
    createHmac("sha256", secret).update(`${purpose}:${text}`).digest("base64url");
  return {
    sign: (text) => `${text}.${signature(text, secrets[0] ?? "")}`,
    verify(signed) {
      const dot = signed.lastIndexOf(".");
      if (dot < 0) return null;
      const text = signed.slice(0, dot);
      const given = Buffer.from(signed.slice(dot + 1));
      const isOurs = secrets.some((secret) => {
        const expected = Buffer.from(signature(text, secret));
        return expected.length === given.length && timingSafeEqual(expected, given);
      });
      return isOurs ? text : null;
    },
  };
}
