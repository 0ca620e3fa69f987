import { createContext, useContext } from "react";

/** Nonce of the page's inline scripts and styles. Undefined if they need none. */
const NonceContext = createContext<string | undefined>(undefined);

export const NonceProvider = NonceContext.Provider;

export function useNonce(): string | undefined {
  return useContext(NonceContext);
}
