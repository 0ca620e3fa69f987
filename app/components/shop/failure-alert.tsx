import { Link } from "@remix-run/react";
import type { ReactNode } from "react";
import type { CartFailure } from "~/cart/cart-failure";
import { t } from "~/words/words";
import { failureText } from "./failure-text";

/** Why a change failed. `children`: further details. */
export function FailureAlert({ failure, children }: { failure: CartFailure; children?: ReactNode }) {
  return (
    <div role="alert" className="notice bad">
      <p>{failureText(failure)}</p>
      {children}
      {failure.kind === "unsettled" && <Link to={`/orders/${failure.checkoutId}`}>{t("cart.viewOrder")}</Link>}
    </div>
  );
}
