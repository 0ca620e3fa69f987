import { useFetchers, useNavigation } from "@remix-run/react";
import { useEffect, useRef } from "react";

/** Whether this form is on its way right now; never without JavaScript. Buttons stay enabled, because a disabled one loses the focus. */
export function usePending(intent: string, productId?: string): boolean {
  return useFormsOnTheirWay().some(
    (form) => form.get("intent") === intent && (productId === undefined || form.get("product_id") === productId),
  );
}

/** Units that the forms on their way would add to the cart, should they succeed. */
export function usePendingUnits(): number {
  const adding = useFormsOnTheirWay().filter((form) => form.get("intent") === "add");
  return adding.reduce((sum, form) => sum + (Number(form.get("quantity")) || 0), 0);
}

/** Tells what a form has changed once it is answered. Nothing where `value` is what it was when the form was sent. */
export function useTellChange(isPending: boolean, value: unknown, tell: () => void): void {
  const before = useRef(value);
  useEffect(() => {
    if (isPending) before.current = value;
    else if (before.current !== value) tell();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per response, not for changes from elsewhere
  }, [isPending]);
}

function useFormsOnTheirWay(): FormData[] {
  const navigation = useNavigation();
  return [navigation, ...useFetchers()].flatMap(({ formData }) => formData ?? []);
}
