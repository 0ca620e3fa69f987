import { useFetchers, useNavigation } from "@remix-run/react";
import { useEffect, useRef } from "react";

/** Whether this form is being submitted; always false without JavaScript. Buttons stay enabled, because a disabled one loses the focus. */
export function usePending(intent: string, productId?: string): boolean {
  return usePendingForms().some(
    (form) => form.get("intent") === intent && (productId === undefined || form.get("product_id") === productId),
  );
}

/** Whether any form that changes the cart is being submitted, or the page's data is catching up with one. */
export function usePendingChange(): boolean {
  return usePendingForms().some((form) => form.has("intent"));
}

/** Calls `onChange` after the response to a form if `value` differs from when it was submitted. */
export function useOnChange(isPending: boolean, value: unknown, onChange: () => void): void {
  const before = useRef(value);
  useEffect(() => {
    if (isPending) before.current = value;
    else if (before.current !== value) onChange();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per response, not for changes from elsewhere
  }, [isPending]);
}

function usePendingForms(): FormData[] {
  const navigation = useNavigation();
  return [navigation, ...useFetchers()].flatMap(({ formData }) => formData ?? []);
}
