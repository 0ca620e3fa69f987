import { Link, useRouteLoaderData } from "@remix-run/react";
import { useEffect, useState, type ReactNode } from "react";
import type { CartFailure } from "~/cart/cart-failure";
import type { Refusal } from "~/cart/panel-result";
import { t } from "~/words/words";
import { failureText } from "./failure-text";
import { refusalText } from "./refusal-text";

/** Why a change failed. `children`: further details. */
export function FailureAlert({ failure, children }: { failure: CartFailure; children?: ReactNode }) {
  const isOver = useReachedSince(failure) && failure.kind === "unavailable";
  if (isOver) return null;
  return (
    <div role="alert" className="notice bad">
      <p>{failureText(failure)}</p>
      {children}
      {failure.kind === "unsettled" && <Link to={`/orders/${failure.checkoutId}`}>{t("cart.viewOrder")}</Link>}
    </div>
  );
}

/** Why a change in place was refused. Undefined if a server of another version responded. */
export function RefusalAlert({ refusal }: { refusal: Refusal | undefined }) {
  const isOver = useReachedSince(refusal) && (refusal?.code === "offline" || refusal?.code === "unavailable");
  if (isOver) return null;
  return (
    <p role="alert" className="notice bad">
      {refusalText(refusal)}
    </p>
  );
}

/** Whether the shop has responded, or the browser is online again, since `failure` was first shown. */
function useReachedSince(failure: object | undefined): boolean {
  // Another object after each response that a page revalidates with.
  const data: unknown = useRouteLoaderData("root");
  const [shown, setShown] = useState({ failure, data });
  const [isOnlineSince, setIsOnlineSince] = useState<object | undefined>(undefined);
  if (shown.failure !== failure) setShown({ failure, data });
  useEffect(() => {
    const onOnline = () => setIsOnlineSince(failure);
    window.addEventListener("online", onOnline);
    return () => window.removeEventListener("online", onOnline);
  }, [failure]);
  return failure !== undefined && (isOnlineSince === failure || (shown.failure === failure && shown.data !== data));
}
