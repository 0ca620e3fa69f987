import { CartForm } from "./cart-form";
import { usePending } from "./pending";

interface IntentFormProps {
  readonly intent: "extend" | "hold" | "clear";
  readonly label: string;
  readonly pendingLabel: string;
  readonly quiet: boolean;
}

/** A form with one button for the whole cart. */
export function IntentForm({ intent, label, pendingLabel, quiet }: IntentFormProps) {
  const isPending = usePending(intent);
  return (
    <CartForm>
      <button
        type="submit"
        name="intent"
        value={intent}
        className={quiet ? "button quiet" : "button"}
        aria-busy={isPending}
      >
        {isPending ? pendingLabel : label}
      </button>
    </CartForm>
  );
}
