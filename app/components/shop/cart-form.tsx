import { Form, type FetcherWithComponents } from "@remix-run/react";
import { createContext, useContext, type ReactNode } from "react";
import type { PanelResult } from "~/cart/panel-result";

const FetcherContext = createContext<FetcherWithComponents<PanelResult> | null>(null);

/** Makes all `CartForm`s inside submit through this fetcher, so that their page stays. */
export const ChangesInPlace = FetcherContext.Provider;

/** A form that changes the cart. Opens the cart page with the result, unless inside `ChangesInPlace`. */
export function CartForm({ children, onSubmit }: { children: ReactNode; onSubmit?: () => void }) {
  const fetcher = useContext(FetcherContext);
  if (fetcher !== null) {
    return (
      <fetcher.Form method="post" action="/cart/panel" onSubmit={onSubmit}>
        {children}
      </fetcher.Form>
    );
  }
  return (
    <Form method="post" action="/cart" preventScrollReset onSubmit={onSubmit}>
      {children}
    </Form>
  );
}
