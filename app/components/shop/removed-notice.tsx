import type { RemovedLine } from "~/cart/cart-view";
import { t } from "~/words/words";
import { CartForm } from "./cart-form";
import { focusStartOf, takeLostFocus } from "./lost-focus";

/** The first line that an undo is bringing back, which then takes the focus from the undo button. */
let restored: string | null = null;

/** What was removed, with an undo button. Takes the focus, because the remove button is gone. */
export function RemovedNotice({ removed }: { removed: readonly RemovedLine[] }) {
  const [first] = removed;
  if (first === undefined) return null;
  const only = removed.length === 1 ? first : null;
  const lines = JSON.stringify(removed.map(({ productId, quantity }) => [productId, quantity]));
  return (
    <div className="notice" role="status" tabIndex={-1} ref={takeLostFocus}>
      <p>{only === null ? t("cart.removedAll", { count: unitsOf(removed) }) : removedText(only)}</p>
      <CartForm keepsQuery onSubmit={() => (restored = first.productId)}>
        <input type="hidden" name="intent" value="set" />
        <input type="hidden" name="lines" value={lines} />
        <button
          type="submit"
          className="button quiet"
          aria-label={only === null ? undefined : t("cart.undoLabel", { name: only.name })}
        >
          {t("cart.undo")}
        </button>
      </CartForm>
    </div>
  );
}

/** Focuses a line that an undo has brought back. */
export function focusIfRestored(productId: string, line: HTMLElement | null): void {
  if (line === null || restored !== productId) return;
  restored = null;
  if (document.activeElement === document.body) focusStartOf(line);
}

function removedText({ name, quantity }: RemovedLine): string {
  return quantity === 1 ? t("cart.removed", { name }) : t("cart.removedSeveral", { quantity, name });
}

function unitsOf(lines: readonly RemovedLine[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}
