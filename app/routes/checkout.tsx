import {
  data,
  redirect,
  redirectDocument,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { withErrorPage } from "~/api/page-problem.server";
import { container } from "~/boot/container.server";
import { failureInit, notAdmitted } from "~/cart/cart-failure";
import { lostCookieAddress } from "~/cart/lost-cookie.server";
import { payCart } from "~/cart/pay-cart.server";
import { showCart } from "~/cart/show-cart.server";
import { readShownCart } from "~/cart/shown-cart.server";
import { pageTitle } from "~/components/page-title";
import { CartPage } from "~/components/shop/cart-page";
import { PaymentLink } from "~/components/shop/payment-link";
import { readForm } from "~/http/body.server";
import { ownOrigin, requireOwnOrigin } from "~/http/origin.server";
import { allowsFormTo } from "~/http/page-headers.server";
import { t } from "~/words/words";

export const meta: MetaFunction = () => [{ title: pageTitle(t("cart.title")) }, { name: "robots", content: "noindex" }];

export { retryAfter as headers } from "~/http/retry-after.server";

/**
 * Shows the cart if checkout failed: Remix then runs this loader after the action, with the headers of the form post. Requests that just
 * open this URL are redirected to the cart.
 */
export function loader({ request }: LoaderFunctionArgs) {
  return withErrorPage(async () => {
    if (!request.headers.has("Content-Type")) throw redirect("/cart");
    const { cart } = await container.carts.read(request);
    const mayAsk = async () => (await container.limits.admit(request, cart.sessionHash, "view")).outcome === "admitted";
    const shown = await showCart(
      container,
      cart,
      { sessionHash: cart.sessionHash, locale: container.env.SHOP_LOCALE, now: Date.now() },
      { mayAsk },
    );
    if (shown.outcome === "shown") return shown.view;
    throw redirect("/cart", { headers: await container.carts.headers(shown.cart) });
  });
}

export function action({ request }: ActionFunctionArgs) {
  return withErrorPage(async () => {
    requireOwnOrigin(request, container.originRule);
    const { shown } = await readForm(request);
    const { cart, origin } = await container.carts.read(request);
    if (origin !== "cookie")
      throw redirect(lostCookieAddress({}), { status: 303, headers: await container.carts.headers(cart) });
    const admission = await container.limits.admit(request, cart.sessionHash, "payment");
    const here = ownOrigin(request, container.originRule);
    const result =
      admission.outcome === "admitted"
        ? await payCart(container, cart, here, Date.now(), readShownCart(shown))
        : notAdmitted(admission);
    if (result.outcome === "failed") return data(result.failure, failureInit(result.failure));
    if (result.outcome === "changed") throw redirect(result.address, 303);
    const headers = await container.carts.headers(result.cart);
    if (allowsFormTo(result.url, here, container.env)) throw redirectDocument(result.url, { status: 303, headers });
    // The browser would silently block this form's redirect; a link may go there.
    container.log.error(
      { origin: new URL(result.url).origin },
      "Stripe's payment pages have a different origin than STRIPE_CHECKOUT_ORIGIN: set it to this one",
    );
    return data({ kind: "payment_elsewhere" as const, url: result.url }, { headers });
  });
}

export default function Checkout() {
  const view = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>() ?? null;
  return result?.kind === "payment_elsewhere" ? (
    <PaymentLink url={result.url} />
  ) : (
    <CartPage view={view} failure={result} />
  );
}
