import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData, type ShouldRevalidateFunction } from "@remix-run/react";
import { submitCartForm } from "~/api/cart-form.server";
import { withErrorPage } from "~/api/page-problem.server";
import { container } from "~/boot/container.server";
import { failureInit } from "~/cart/cart-failure";
import { lostCookieAddress, showLostCookie } from "~/cart/lost-cookie.server";
import { addressAfter, readRemovedLines } from "~/cart/removed-lines.server";
import { showCart } from "~/cart/show-cart.server";
import { readShownCart } from "~/cart/shown-cart.server";
import { pageTitle } from "~/components/page-title";
import { CartPage } from "~/components/shop/cart-page";
import { useCurrentView } from "~/components/shop/cart-state";
import { t } from "~/words/words";

export const meta: MetaFunction = () => [{ title: pageTitle(t("cart.title")) }, { name: "robots", content: "noindex" }];

export { retryAfter as headers } from "~/http/retry-after.server";

/** Revalidates after a refusal too, because something must have changed. */
export const shouldRevalidate: ShouldRevalidateFunction = ({ actionStatus, defaultShouldRevalidate }) =>
  actionStatus !== undefined || defaultShouldRevalidate;

export function loader({ request }: LoaderFunctionArgs) {
  return withErrorPage(async () => {
    const { cart, origin } = await container.carts.read(request);
    const { searchParams } = new URL(request.url);
    const mayAsk = async () => (await container.limits.admit(request, cart.sessionHash, "view")).outcome === "admitted";
    const shown = await showCart(
      container,
      cart,
      { sessionHash: cart.sessionHash, locale: container.env.SHOP_LOCALE, now: Date.now() },
      { mayAsk, removed: readRemovedLines(searchParams), wasShown: readShownCart(searchParams.get("changed")) },
    );
    if (shown.outcome === "shown") {
      const view = { ...shown.view, lostCookie: await showLostCookie(container, searchParams, origin) };
      return data(view, shown.remember === null ? {} : { headers: await container.carts.headers(shown.remember) });
    }
    throw redirect("/cart", { headers: await container.carts.headers(shown.cart) });
  });
}

export function action({ request }: ActionFunctionArgs) {
  return withErrorPage(async () => {
    const submitted = await submitCartForm(request);
    const { cart } = submitted;
    if (submitted.outcome === "lost_cookie") {
      const headers = await container.carts.headers(cart);
      throw redirect(lostCookieAddress(submitted.form), { status: 303, headers });
    }
    const { read, result } = submitted;
    if (result.outcome === "failed") return data(result.failure, failureInit(result.failure));
    // Writes no cookie: this one may be older than the later click's.
    if (result.outcome === "overtaken") throw redirect("/cart", 303);
    const target = result.outcome === "paid" ? `/orders/${result.checkoutId}` : addressAfter(read, cart);
    // 303, so that reloading the next page repeats nothing.
    throw redirect(target, { status: 303, headers: await container.carts.headers(result.cart) });
  });
}

export default function CartRoute() {
  const { lostCookie, ...loaded } = useLoaderData<typeof loader>();
  return (
    <CartPage view={useCurrentView(loaded)} failure={useActionData<typeof action>() ?? null} lostCookie={lostCookie} />
  );
}
