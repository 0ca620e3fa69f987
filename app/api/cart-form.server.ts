import { container } from "~/boot/container.server";
import { notAdmitted } from "~/cart/cart-failure";
import { readIntent, type ReadIntent } from "~/cart/cart-intent.server";
import type { Cart } from "~/cart/cart-session.server";
import { changeCart, type CartResult } from "~/cart/change-cart.server";
import { readForm } from "~/http/body.server";
import { requireOwnOrigin } from "~/http/origin.server";
import { Problem } from "~/http/problem.server";

type Form = Awaited<ReturnType<typeof readForm>>;

/** `lost_cookie`: the browser did not return the cart's cookie, so nothing was changed. */
type SubmittedCartForm =
  | { readonly outcome: "lost_cookie"; readonly cart: Cart; readonly form: Form }
  | { readonly outcome: "submitted"; readonly cart: Cart; readonly read: ReadIntent; readonly result: CartResult };

/**
 * Applies a form posted to the cart, for its page and for the panel alike. `cart` is the cart before the change.
 * @throws {Problem} 403 `cross_origin`, 400 `invalid_request`
 */
export async function submitCartForm(request: Request): Promise<SubmittedCartForm> {
  requireOwnOrigin(request, container.originRule);
  const form = await readForm(request);
  const read = readIntent(form);
  if (read.outcome === "invalid") throw new Problem(400, "invalid_request", "This form is invalid. Nothing changed.");
  const { cart, origin } = await container.carts.read(request);
  if (origin !== "cookie") return { outcome: "lost_cookie", cart, form };
  const admission = await container.limits.admit(request, cart.sessionHash, "change");
  const result =
    admission.outcome === "admitted" ? await changeCart(container, cart, read, Date.now()) : notAdmitted(admission);
  return { outcome: "submitted", cart, read, result };
}
