import { Form, useLocation, type FetcherWithComponents } from "@remix-run/react";
import { createContext, useContext, type ReactNode } from "react";
import type { PanelResult } from "~/cart/panel-result";

const FetcherContext = createContext<FetcherWithComponents<PanelResult> | null>(null);

/** Makes all `CartForm`s inside submit through this fetcher, so that their page stays. */
export const ChangesInPlace = FetcherContext.Provider;

interface CartFormProps {
  readonly children: ReactNode;
  /** Keeps the cart page's query if the change is refused. */
  readonly keepsQuery?: boolean;
  readonly onSubmit?: () => void;
}

/** A form that changes the cart. Opens the cart page with the result, unless inside `ChangesInPlace`. */
export function CartForm({ children, keepsQuery = false, onSubmit }: CartFormProps) {
  const fetcher = useContext(FetcherContext);
  const { search } = useLocation();
  if (fetcher !== null) {
    return (
      <fetcher.Form method="post" action="/cart/panel" onSubmit={onSubmit}>
        {children}
      </fetcher.Form>
    );
  }
  return (
    <Form method="post" action={keepsQuery ? `/cart${search}` : "/cart"} preventScrollReset onSubmit={onSubmit}>
      {children}
    </Form>
  );
}
