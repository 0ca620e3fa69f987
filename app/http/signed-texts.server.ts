import { createHmac, timingSafeEqual } from "node:crypto";

/** Texts that leave the server and come back, each with a signature that only this shop can make. */
export interface SignedTexts {
  /** `text.signature`, by the first secret; the same each time. */
  sign(text: string): string;
  /** The text, when one of the secrets signed it; null otherwise. */
  verify(signed: string): string | null;
}

/** `purpose` keeps apart what is signed with the same secrets: a signature for one purpose is none for another. */
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
