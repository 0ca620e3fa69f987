import { RemixBrowser } from "@remix-run/react";
import { startTransition, StrictMode } from "react";
import { hydrateRoot } from "react-dom/client";
import { recordClickTimes } from "./components/shop/click-times";
import { readSite, setSite } from "./words/site";

setSite(readSite(document));
recordClickTimes();

startTransition(() => {
  hydrateRoot(
    document,
    <StrictMode>
      <RemixBrowser />
    </StrictMode>,
  );
});
