import { useNavigation } from "@remix-run/react";

/** Whether this form is on its way right now; never without JavaScript. Buttons stay enabled, because a disabled one loses the focus. */
export function usePending(intent: string, productId?: string): boolean {
  const { formData } = useNavigation();
  if (formData === undefined || formData.get("intent") !== intent) return false;
  return productId === undefined || formData.get("product_id") === productId;
}

/** Units that the form on its way would add to the cart, should it succeed. */
export function usePendingUnits(): number {
  const { formData } = useNavigation();
  return formData?.get("intent") === "add" ? Number(formData.get("quantity")) || 0 : 0;
}
