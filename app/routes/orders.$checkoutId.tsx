import { data, redirect, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { requireAdmission } from "~/api/checkout-problems.server";
import { openByKey, ORDER_KEY } from "~/cart/open-by-key.server";
import { beingConfirmed, showOrder } from "~/cart/show-order.server";
import { OrderPage } from "~/components/order-page";
import { orderTexts, pageTitle } from "~/components/texts";
import { container } from "~/container.server";
import { inWords } from "~/http/page-problem.server";
import { preferredLocale } from "~/http/preferred-locale.server";
import type { Cart } from "~/session.server";

export { unlessRefused as shouldRevalidate } from "~/components/revalidation";

export const meta: MetaFunction<typeof loader> = ({ data: shown }) => [
  ...(shown === undefined ? [] : [{ title: pageTitle(orderTexts[shown.view.state].title) }]),
  { name: "robots", content: "noindex" },
];

export function loader({ request, params }: LoaderFunctionArgs) {
  return inWords(async () => {
    const { cart } = await container.carts.read(request);
    const { checkoutId = "" } = params;
    // Every view of an own order asks Stripe, whose own limit all shoppers share.
    requireAdmission(await container.limits.admit(request, cart.session, "view"));
    const locale = preferredLocale(request);
    const key = new URL(request.url).searchParams.get(ORDER_KEY);
    const opened = key === null ? null : await openByKey(container, cart, checkoutId, key);
    if (opened?.outcome === "entitled") throw await toCleanAddress(checkoutId, opened.cart);
    const shown = opened === null ? await showOrder(container, cart, checkoutId, locale) : beingConfirmed(checkoutId);
    if (shown.outcome === "cart_sold") throw await toCleanAddress(checkoutId, shown.cart);
    const status = shown.view.state === "being_confirmed" ? 503 : 200;
    return data({ view: shown.view, locale }, { status });
  });
}

async function toCleanAddress(checkoutId: string, cart: Cart): Promise<Response> {
  return redirect(`/orders/${checkoutId}`, { headers: await container.carts.headers(cart) });
}

export default function Order() {
  const { view, locale } = useLoaderData<typeof loader>();
  return <OrderPage view={view} locale={locale} />;
}
