import { useId, useRef, useState, type FocusEvent, type FormEvent, type ReactNode } from "react";
import type { StockView } from "~/availability/stock-view";
import { useClockText, useHydrated } from "~/components/visitor-clock";
import { t } from "~/words/words";
import { useAnnounce } from "./announcer";
import { lineFailureText } from "./failure-text";
import { chooseQuantity, forgetQuantityChanges, useQuantityChanges } from "./quantity-changes";
import { refusalText } from "./refusal-text";
import { stockText } from "./stock-text";

interface QuantityStepperProps {
  readonly productId: string;
  readonly name: string;
  /** As granted, from the cart's view, which is revalidated with each change; live stock may arrive later. */
  readonly quantity: number;
  /** The live stock. */
  readonly stock: StockView;
  readonly maxUnitsPerLine: number;
  /** Why the last form was refused, without JavaScript. */
  readonly failure?: string | null;
  /** Removes the line where that can be undone. Without it, a quantity of 0 does. */
  readonly onRemove?: () => void;
}

/**
 * The quantity of a product in the cart, as − 1 +. With JavaScript it stays on its page: a choice shows at once, is sent after a pause,
 * and counts as reserved only once the server has granted it. Without JavaScript these are three forms that open the cart.
 */
export function QuantityStepper(props: QuantityStepperProps) {
  const { productId, name, quantity, stock, maxUnitsPerLine, onRemove } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const [isReasonShown, setIsReasonShown] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const isHydrated = useHydrated();
  const announce = useAnnounce();
  const { pending, message } = useChoice(props);
  const reason = useReasonForMax(props, pending ?? quantity);
  const id = useId();
  const shown = typed ?? String(pending ?? quantity);
  const base = /^\d+$/.test(shown) ? Number(shown) : quantity;
  const isReserving = pending !== null && pending > stock.heldByYou;

  function choose(next: number): void {
    setTyped(null);
    setIsReasonShown(false);
    if (next > 0 || onRemove === undefined) return chooseQuantity({ productId, name, quantity: next });
    forgetQuantityChanges((change) => change.productId === productId);
    onRemove();
  }
  function increase(): void {
    if (reason === null) return choose(base + 1);
    setIsReasonShown(true);
    announce(reason);
  }
  /** A typed number counts when the shopper moves on, as to the checkout. */
  function leave({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>): void {
    if (typed === null || currentTarget.contains(relatedTarget)) return;
    if (base !== (pending ?? quantity) && currentTarget.querySelector("input:invalid") === null) choose(base);
    else setTyped(null);
  }

  return (
    <div className="quantity" onBlur={leave} aria-busy={pending !== null}>
      <div className="stepper">
        <StepForm productId={productId} quantity={Math.max(0, base - 1)} onSubmit={() => choose(Math.max(0, base - 1))}>
          <button type="submit" aria-label={t("quantity.less", { name })}>
            −
          </button>
        </StepForm>
        <StepForm
          productId={productId}
          id={`${id}form`}
          onSubmit={() => {
            choose(base);
            // The button that was pressed is gone.
            field.current?.focus();
          }}
        >
          <input
            ref={field}
            type="number"
            name="quantity"
            min={0}
            max={maxUnitsPerLine}
            step={1}
            value={shown}
            onChange={({ target }) => setTyped(target.value)}
            required
            inputMode="numeric"
            autoComplete="off"
            aria-label={t("quantity.label", { name })}
            aria-invalid={message === null ? undefined : true}
            aria-describedby={message === null ? undefined : `${id}message`}
          />
        </StepForm>
        <StepForm productId={productId} quantity={base + 1} onSubmit={increase}>
          <button
            type="submit"
            aria-label={t("quantity.more", { name })}
            aria-disabled={(isHydrated && reason !== null) || undefined}
            aria-describedby={reason === null ? undefined : `${id}${reason === message ? "message" : "reason"}`}
          >
            +
          </button>
        </StepForm>
      </div>
      {typed !== null && <UpdateButton form={`${id}form`} name={name} />}
      <noscript>
        <UpdateButton form={`${id}form`} name={name} />
      </noscript>
      {isReserving && <p className="reserving">{t("hold.reserving")}</p>}
      <Reason id={`${id}reason`} text={reason === message ? null : reason} isShown={isReasonShown} />
      <Message id={`${id}message`} text={message} />
    </div>
  );
}

interface StepFormProps {
  readonly productId: string;
  readonly id?: string;
  /** The quantity without JavaScript; left out where `children` have a field for it. */
  readonly quantity?: number;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}

function StepForm({ productId, id, quantity, onSubmit, children }: StepFormProps) {
  function submit(event: FormEvent): void {
    event.preventDefault();
    onSubmit();
  }
  return (
    <form method="post" action={`/cart#line-${encodeURIComponent(productId)}`} id={id} onSubmit={submit}>
      <input type="hidden" name="intent" value="set" />
      <input type="hidden" name="product_id" value={productId} />
      {quantity !== undefined && <input type="hidden" name="quantity" value={quantity} />}
      {children}
    </form>
  );
}

function UpdateButton({ form, name }: { form: string; name: string }) {
  return (
    <button type="submit" form={form} className="button quiet" aria-label={t("cart.updateLabel", { name })}>
      {t("cart.update")}
    </button>
  );
}

/** Why there is no more; for screen readers also before it was asked. */
function Reason({ id, text, isShown }: { id: string; text: string | null; isShown: boolean }) {
  return (
    text !== null && (
      <p id={id} className={isShown ? "hint" : "visually-hidden"}>
        {text}
      </p>
    )
  );
}

function Message({ id, text }: { id: string; text: string | null }) {
  return (
    text !== null && (
      <p id={id} role="alert" className="line-failure">
        {text}
      </p>
    )
  );
}

/** The shopper's choice while it is pending, and why the last one was refused. */
function useChoice({ productId, failure = null }: QuantityStepperProps): {
  readonly pending: number | null;
  readonly message: string | null;
} {
  const clock = useClockText();
  const change = useQuantityChanges().latest.get(productId);
  if (change === undefined) return { pending: null, message: failure };
  const { quantity, refusal } = change;
  if (refusal === null) return { pending: quantity, message: null };
  const message =
    refusal.outcome === "failed" ? lineFailureText(refusal.failure, productId, clock) : refusalText(refusal.refusal);
  return { pending: null, message };
}

/** Why no more can be had; null if more can. */
function useReasonForMax({ stock, maxUnitsPerLine }: QuantityStepperProps, quantity: number): string | null {
  const clock = useClockText();
  if (quantity >= maxUnitsPerLine) return t("failure.unitsPerLine", { max: maxUnitsPerLine });
  if (quantity < stock.available) return null;
  return stock.available === 0 ? stockText(stock, clock) : t("failure.onlyAvailable", { available: stock.available });
}
