import { useFetcher } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import type { StockView } from "~/availability/stock-view";
import type { CartLineView } from "~/cart/cart-view";
import type { PanelResult } from "~/cart/panel-result";
import type { ProductView } from "~/cart/product-view.server";
import { useClockText } from "~/components/visitor-clock";
import { site } from "~/words/site";
import { t } from "~/words/words";
import { AddForm } from "./add-form";
import { useAnnounce } from "./announcer";
import { ChangesInPlace } from "./cart-form";
import { useHeldText } from "./cart-hold";
import { useCart, useCartLine } from "./cart-state";
import { durationText } from "./duration-text";
import { FailureAlert, RefusalAlert } from "./failure-alert";
import { lineFailureText } from "./failure-text";
import { takeLostFocusInside } from "./lost-focus";
import { QuantityStepper } from "./quantity-stepper";

interface AddToCartProps {
  readonly product: ProductView;
  /** The live stock. */
  readonly stock: StockView;
  /** Of the quantity field; 1: there is none. */
  readonly maxAdded: number;
  /** Idempotency key of the form: it takes effect once, however often it is submitted. */
  readonly operation: string;
}

/** Time for which the button says that the item is held, before the stepper takes its place. */
const CONFIRM_MS = 1_500;

/**
 * Puts a product in the cart without leaving the page, then changes its quantity there; without JavaScript its forms open the cart.
 * Nothing counts as held before the server has granted it. Renders no form when nothing can be added; the stock text next to it says why.
 */
export function AddToCart({ product, stock, maxAdded, operation }: AddToCartProps) {
  const changes = useFetcher<PanelResult>();
  const response = changes.state === "idle" ? changes.data : undefined;
  const { isConfirmed, hasConfirmed } = useConfirmation(response, product.name);
  const line = useCartLine(product.id);
  // The form stays while it is pending, even if it adds the last unit.
  const isInForm = changes.state !== "idle" || isConfirmed || line === undefined || line.state === "lapsed";
  const addable = line?.state === "lapsed" ? stock.available : Math.min(maxAdded, stock.available - stock.heldByYou);
  const isOffered = product.forSale && addable >= (line?.quantity ?? 1);
  useBackAgain(product.forSale && stock.available > 0, product.name);
  return (
    <ChangesInPlace value={changes}>
      {!isInForm ? (
        <div className="in-cart" ref={hasConfirmed ? takeLostFocusInside : undefined}>
          <InCart line={line} stock={stock} name={product.name} />
        </div>
      ) : (
        (isOffered || changes.state !== "idle" || isConfirmed) && (
          <AddForm
            changes={changes}
            product={product}
            lapsed={line?.state === "lapsed" ? line : null}
            maxAdded={Math.max(1, addable)}
            hasQuantity={maxAdded > 1}
            operation={operation}
            isConfirmed={isConfirmed}
          />
        )
      )}
      <HoldNote line={line} isOffered={isOffered} />
      <Refusal response={response} productId={product.id} />
    </ChangesInPlace>
  );
}

/** Announces a product that can be added again. */
function useBackAgain(isAddable: boolean, name: string): void {
  const announce = useAnnounce();
  const wasAddable = useRef(isAddable);
  useEffect(() => {
    if (isAddable && !wasAddable.current) announce(t("stock.backAgain", { name }));
    wasAddable.current = isAddable;
  }, [isAddable, name, announce]);
}

/** Whether the item has just been granted, and whether it ever was on this page. Announces it. */
function useConfirmation(response: PanelResult | undefined, name: string) {
  const announce = useAnnounce();
  const [seen, setSeen] = useState<PanelResult>();
  const isConfirmed = response?.outcome === "changed" && response !== seen;
  useEffect(() => {
    if (!isConfirmed) return;
    announce(t("product.added", { name }));
    const timer = setTimeout(() => setSeen(response), CONFIRM_MS);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per response
  }, [response]);
  return { isConfirmed, hasConfirmed: seen !== undefined };
}

function InCart({ line, stock, name }: { line: CartLineView; stock: StockView; name: string }) {
  const { view } = useCart();
  // Any change would cancel the payment, which is for the cart page.
  if (view === null || line.state === "paying") return null;
  return (
    <QuantityStepper
      productId={line.productId}
      name={name}
      quantity={line.quantity}
      stock={stock}
      maxUnitsPerLine={view.maxUnitsPerLine}
    />
  );
}

/** How long the item is held, or would be. */
function HoldNote({ line, isOffered }: { line: CartLineView | undefined; isOffered: boolean }) {
  if (line === undefined)
    return (
      isOffered && <p className="hint hold-note">{t("shop.promise", { duration: durationText(site().holdMs) })}</p>
    );
  return line.state !== "lapsed" && <HeldNote />;
}

function HeldNote() {
  return <p className="hint hold-note">{useHeldText(useCart().view)}</p>;
}

function Refusal({ response, productId }: { response: PanelResult | undefined; productId: string }) {
  const clock = useClockText();
  if (response?.outcome === "failed") {
    return (
      <FailureAlert failure={response.failure}>
        {response.failure.kind === "refused" && <p>{lineFailureText(response.failure, productId, clock)}</p>}
      </FailureAlert>
    );
  }
  if (response?.outcome !== "refused") return null;
  return <RefusalAlert refusal={response.refusal} />;
}
