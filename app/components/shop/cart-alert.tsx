import { Link } from "@remix-run/react";
import type { CartFailure, ShortLine } from "~/cart/cart-failure";
import type { RemovedLine } from "~/cart/cart-view";
import { productPath } from "~/catalog/product-address";
import { useClockText } from "~/components/visitor-clock";
import { FailureAlert } from "./failure-alert";
import { lineFailureText } from "./failure-text";

/** The failure as a whole, with the details of products whose lines do not show them: `shownAt`. */
export function CartAlert({ failure, shownAt }: { failure: CartFailure; shownAt: readonly string[] }) {
  const clock = useClockText();
  const others = shortLinesOf(failure).filter((line) => !shownAt.includes(line.productId));
  return (
    <FailureAlert failure={failure}>
      {others.length > 0 && (
        <ul>
          {others.map((line) => (
            <li key={line.productId}>
              <Link to={productPath(line.productId)}>{line.name}</Link>:{" "}
              {lineFailureText(failure, line.productId, clock)}
            </li>
          ))}
        </ul>
      )}
    </FailureAlert>
  );
}

/** What an undo can still bring back after it was refused: each removed line, up to what is available. */
export function stillRestorable(removed: readonly RemovedLine[], failure: CartFailure | null): readonly RemovedLine[] {
  const short = new Map(shortLinesOf(failure).map(({ productId, available }) => [productId, available]));
  return removed
    .map((line) => ({ ...line, quantity: Math.min(line.quantity, short.get(line.productId) ?? line.quantity) }))
    .filter(({ quantity }) => quantity > 0);
}

function shortLinesOf(failure: CartFailure | null): readonly ShortLine[] {
  return failure?.kind === "refused" ? failure.lines : [];
}
