import { Link, useFetcher } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import { LiveStock } from "~/availability/live-stock";
import type { CartView, RemovedLine } from "~/cart/cart-view";
import type { PanelResult, PanelView } from "~/cart/panel-result";
import { t } from "~/words/words";
import { ChangesInPlace } from "./cart-form";
import { CartSummary } from "./cart-summary";
import { FailureAlert } from "./failure-alert";
import { FollowHolds } from "./follow-holds";
import { HoldState } from "./hold-state";
import { PanelLine } from "./panel-line";
import { refusalText } from "./refusal-text";
import { RemovedNotice } from "./removed-notice";

/** The cart as a modal dialog over the page. The browser traps the focus, closes it on Escape and returns the focus. */
export function CartPanel({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const cart = useFetcher<PanelView>();
  const changes = useFetcher<PanelResult>();
  const view = useLastView(cart.data);
  const response = changes.state === "idle" ? changes.data : undefined;
  const isLoading = view === null && (cart.state !== "idle" || cart.data === undefined);
  const refusal = [response, isLoading ? undefined : cart.data].find((data) => data?.outcome === "refused");
  const close = () => dialog.current?.close();

  useEffect(() => {
    dialog.current?.showModal();
    cart.load("/cart/panel");
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once on opening; later cart changes revalidate it
  }, []);

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
        {response?.outcome === "failed" && <FailureAlert failure={response.failure} />}
        {refusal?.outcome === "refused" && (
          <p role="alert" className="notice bad">
            {refusalText(refusal.refusal)}
          </p>
        )}
        {isLoading && <p aria-busy="true">{t("cart.loading")}</p>}
        {view === null && !isLoading && (
          <button type="button" className="button" onClick={() => cart.load("/cart/panel")}>
            {t("nav.tryAgain")}
          </button>
        )}
        <ChangesInPlace value={changes}>{view !== null && <Contents view={view} onLeave={close} />}</ChangesInPlace>
      </div>
    </dialog>
  );
}

function Contents({ view, onLeave }: { view: CartView; onLeave: () => void }) {
  const [removed, setRemoved] = useState<RemovedLine | null>(null);
  const isGone = removed !== null && !view.lines.some(({ productId }) => productId === removed.productId);
  return (
    <LiveStock productIds={view.lines.map(({ productId }) => productId)}>
      <FollowHolds view={view} />
      {isGone && <RemovedNotice key={removed.productId} removed={removed} />}
      {view.lines.length === 0 ? (
        <p>{t("cart.empty")}</p>
      ) : (
        <>
          <HoldState view={view} />
          <ul className="panel-lines">
            {view.lines.map((line) => (
              <PanelLine key={line.productId} line={line} onRemove={setRemoved} onLeave={onLeave} />
            ))}
          </ul>
          <CartSummary view={view} />
        </>
      )}
      <Link to="/cart" className="to-cart" onClick={onLeave}>
        {t("nav.viewCart")}
      </Link>
    </LiveStock>
  );
}

/** Keeps the last view while a newer one is unavailable. */
function useLastView(data: PanelView | undefined): CartView | null {
  const last = useRef<CartView | null>(null);
  if (data?.outcome === "shown") last.current = data.view;
  return last.current;
}
