import { createContext, useContext } from "react";

/** Nonce of the page's inline scripts. Known on the server only: browsers hide it from scripts, so there it stays undefined. */
const NonceContext = createContext<string | undefined>(undefined);

export const NonceProvider = NonceContext.Provider;

export function useNonce(): string | undefined {
  return useContext(NonceContext);
}
