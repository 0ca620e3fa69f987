import { Link } from "@remix-run/react";
import type { ReactNode } from "react";
import type { CartFailure } from "~/cart/cart-failure";
import { cartTexts } from "~/components/texts";
import { useClockText } from "~/components/visitor-clock";
import { failureText } from "./failure-words";

/** Why a change failed. `children`: further details. */
export function FailureAlert({ failure, children }: { failure: CartFailure; children?: ReactNode }) {
  const clock = useClockText();
  return (
    <div role="alert" className="notice bad">
      <p>{failureText(failure, clock)}</p>
      {children}
      {failure.kind === "unsettled" && <Link to={`/orders/${failure.checkoutId}`}>{cartTexts.lookAtOrder}</Link>}
    </div>
  );
}
