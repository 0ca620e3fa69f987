import { data, redirect, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { withErrorPage } from "~/api/page-problem.server";
import { container } from "~/boot/container.server";
import type { OrderView } from "~/cart/show-order.server";
import { visitOrder } from "~/cart/visit-order.server";
import { pageTitle } from "~/components/page-title";
import { OrderPage } from "~/components/shop/order-page";
import type { Admission } from "~/limits/limits.server";
import { t } from "~/words/words";

export { unlessRefused as shouldRevalidate } from "~/components/shop/revalidation";
export { retryAfter as headers } from "~/http/retry-after.server";

export const meta: MetaFunction<typeof loader> = ({ data: shown }) => [
  ...(shown === undefined ? [] : [{ title: pageTitle(t(`order.${shown.view.state}.title`)) }]),
  { name: "robots", content: "noindex" },
];

export function loader({ request, params }: LoaderFunctionArgs) {
  return withErrorPage(async () => {
    const { cart } = await container.carts.read(request);
    // Every view of the shopper's own order calls Stripe, whose limit all shoppers share.
    const admission = await container.limits.admit(request, cart.sessionHash, "view");
    const { checkoutId = "" } = params;
    const shown = await visitOrder(
      container,
      cart,
      { checkoutId, locale: container.env.SHOP_LOCALE, mayAsk: admission.outcome === "admitted" },
      new URL(request.url).searchParams,
    );
    if (shown.outcome === "reload")
      throw redirect(`/orders/${checkoutId}`, { headers: await container.carts.headers(shown.cart) });
    if (shown.view.state === "another_browser") container.orderLookups.settle(request, checkoutId);
    return data({ view: shown.view }, statusOf(shown.view, admission));
  });
}

/** The page's status. 404 does not reveal whether the order exists. */
function statusOf({ state }: OrderView, admission: Admission): { status: number; headers?: Record<string, string> } {
  if (state === "another_browser") return { status: 404 };
  if (state !== "being_confirmed") return { status: 200 };
  return admission.outcome === "admitted"
    ? { status: 503 }
    : { status: 429, headers: { "Retry-After": String(admission.retryAfterSeconds) } };
}

export default function Order() {
  return <OrderPage view={useLoaderData<typeof loader>().view} />;
}
