import { useFetchers, useNavigation } from "@remix-run/react";

/** Whether this form is on its way right now; never without JavaScript. Buttons stay enabled, because a disabled one loses the focus. */
export function usePending(intent: string, productId?: string): boolean {
  return useFormsOnTheirWay().some((form) => form.get("intent") === intent && (productId === undefined || form.get("product_id") === productId));
}

/** Units that the forms on their way would add to the cart, should they succeed. */
export function usePendingUnits(): number {
  const adding = useFormsOnTheirWay().filter((form) => form.get("intent") === "add");
  return adding.reduce((sum, form) => sum + (Number(form.get("quantity")) || 0), 0);
}

function useFormsOnTheirWay(): FormData[] {
  const navigation = useNavigation();
  return [navigation, ...useFetchers()].flatMap(({ formData }) => formData ?? []);
}
