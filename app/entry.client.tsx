import { RemixBrowser } from "@remix-run/react";
import { startTransition, StrictMode } from "react";
import { hydrateRoot } from "react-dom/client";
import { NonceProvider } from "./components/nonce";
import { recordClickTimes } from "./components/shop/click-times";
import { readSite, setSite } from "./words/site";

setSite(readSite(document));
recordClickTimes();

// Browsers hide the attribute; the property still has the value.
const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;

startTransition(() => {
  hydrateRoot(
    document,
    <StrictMode>
      <NonceProvider value={nonce}>
        <RemixBrowser />
      </NonceProvider>
    </StrictMode>,
  );
});
