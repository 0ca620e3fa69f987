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

// Remix loads it with the first change of the cart, and would replace the page if the connection is lost by then.
const cartChanges = window.__remixManifest.routes["routes/cart_.panel"]?.module;
if (cartChanges !== undefined) import(/* @vite-ignore */ cartChanges).catch(() => undefined);

// A browser without TextEncoderStream has no data to start from: its pages stay as they work without JavaScript.
if (window.__remixContext.stream !== undefined) {
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
}
