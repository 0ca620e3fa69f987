import { Link, useFetcher } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import { LiveStock } from "~/availability/live-stock";
import type { CartFailure } from "~/cart/cart-failure";
import type { CartView, RemovedLine } from "~/cart/cart-view";
import type { PanelResult } from "~/cart/panel-result";
import { t } from "~/words/words";
import { LiveRegion } from "./announcer";
import { CartAlert, stillRestorable } from "./cart-alert";
import { ChangesInPlace } from "./cart-form";
import { useCart } from "./cart-state";
import { CartSummary } from "./cart-summary";
import { RefusalAlert } from "./failure-alert";
import { FollowHolds } from "./follow-holds";
import { PanelLine } from "./panel-line";
import { useCurrentFailure } from "./quantity-changes";
import { RemovedNotice } from "./removed-notice";

/** The cart as a modal dialog over the page. The browser traps the focus, closes it on Escape and returns the focus. */
export function CartPanel({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { view, refresh, refusal: failedRead } = useCart();
  const changes = useFetcher<PanelResult>();
  const response = changes.state === "idle" ? changes.data : undefined;
  const failure = useCurrentFailure(response?.outcome === "failed" ? response.failure : null);
  const refusal = response?.outcome === "refused" ? response.refusal : failedRead;
  const close = () => dialog.current?.close();

  useEffect(() => {
    dialog.current?.showModal();
    // Only this read may ask Stripe about a payment.
    refresh();
  }, [refresh]);

  return (
    <dialog
      ref={dialog}
      className="cart-panel"
      aria-labelledby="cart-panel-title"
      onClose={onClose}
      // Clicks on the dialog itself are outside its content.
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div className="cart-panel-body">
        <header>
          <h2 id="cart-panel-title">{t("cart.title")}</h2>
          <button type="button" className="button quiet" onClick={close} aria-label={t("cart.closeLabel")}>
            {t("cart.close")}
          </button>
        </header>
        {failure !== null && <CartAlert failure={failure} shownAt={[]} />}
        {refusal !== null && <RefusalAlert refusal={refusal} />}
        {view === null && failedRead === null && <p aria-busy="true">{t("cart.loading")}</p>}
        {failedRead !== null && (
          <button type="button" className="button" onClick={refresh}>
            {t("nav.tryAgain")}
          </button>
        )}
        <LiveRegion />
        <ChangesInPlace value={changes}>
          {view !== null && <Contents view={view} failure={failure} onLeave={close} />}
        </ChangesInPlace>
      </div>
    </dialog>
  );
}

interface ContentsProps {
  readonly view: CartView;
  readonly failure: CartFailure | null;
  readonly onLeave: () => void;
}

function Contents({ view, failure, onLeave }: ContentsProps) {
  const [removed, setRemoved] = useState<readonly RemovedLine[]>([]);
  const gone = removed.filter((line) => !view.lines.some(({ productId }) => productId === line.productId));
  return (
    <LiveStock productIds={view.lines.map(({ productId }) => productId)}>
      <FollowHolds />
      <RemovedNotice key={gone[0]?.productId} removed={stillRestorable(gone, failure)} />
      {view.lines.length === 0 ? (
        <p>{t("cart.empty")}</p>
      ) : (
        <ul className="panel-lines">
          {view.lines.map((line) => (
            <PanelLine
              key={line.productId}
              line={line}
              maxUnitsPerLine={view.maxUnitsPerLine}
              onRemove={(line) => setRemoved([line])}
              onLeave={onLeave}
            />
          ))}
        </ul>
      )}
      <Link to="/cart" className="to-cart" onClick={onLeave}>
        {t("nav.viewCart")}
      </Link>
      {view.lines.length > 0 && <CartSummary view={view} />}
    </LiveStock>
  );
}
