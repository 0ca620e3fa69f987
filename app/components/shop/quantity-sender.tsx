import { useFetcher, useLocation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { PanelResult } from "~/cart/panel-result";
import { t } from "~/words/words";
import { useAnnounce } from "./announcer";
import {
  forgetQuantityChanges,
  settleQuantityChange,
  useQuantityChanges,
  type QuantityChange,
} from "./quantity-changes";

/** Sends the quantities chosen in steppers, one after another. Mounted once for the whole shop, so that none is lost with its page. */
export function QuantitySender() {
  const { sending } = useQuantityChanges();
  const { pathname } = useLocation();
  useEffect(() => forgetQuantityChanges(({ refusal }) => refusal !== null), [pathname]);
  return sending && <Sending key={`${sending.clickedAt} ${sending.productId}`} change={sending} />;
}

function Sending({ change }: { change: QuantityChange }) {
  const { productId, name, quantity, clickedAt } = change;
  const { state, data, submit } = useFetcher<PanelResult>();
  const announce = useAnnounce();
  const wasSent = useRef(false);

  useEffect(() => {
    submit(
      { intent: "set", product_id: productId, quantity, clicked_at: clickedAt },
      { method: "post", action: "/cart/panel" },
    );
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per change; `submit` changes on every render
  }, []);
  useEffect(() => {
    if (state !== "idle") wasSent.current = true;
    // Idle only after the page's data was revalidated. Without data, the response led to another page.
    if (state !== "idle" || !(wasSent.current || data !== undefined)) return;
    const refusal = data?.outcome === "failed" || data?.outcome === "refused" ? data : null;
    if (data?.outcome === "changed")
      announce(quantity === 0 ? t("cart.removed", { name }) : t("cart.updated", { name, quantity }));
    settleQuantityChange(change, refusal);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per response
  }, [state, data]);
  return null;
}
