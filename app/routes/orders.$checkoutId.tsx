import { data, redirect, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { showOrder } from "~/cart/show-order.server";
import { OrderPage } from "~/components/order-page";
import { orderTexts, pageTitle } from "~/components/texts";
import { container } from "~/container.server";
import { inWords } from "~/http/page-problem.server";
import { preferredLocale } from "~/http/preferred-locale.server";

export { unlessRefused as shouldRevalidate } from "~/components/revalidation";

export const meta: MetaFunction<typeof loader> = ({ data: shown }) => [
  ...(shown === undefined ? [] : [{ title: pageTitle(orderTexts[shown.view.state].title) }]),
  { name: "robots", content: "noindex" },
];

export function loader({ request, params }: LoaderFunctionArgs) {
  return inWords(async () => {
    const { cart } = await container.carts.read(request);
    // Every view of an own order asks Stripe, whose own limit all shoppers share.
    await container.limits.admit(request, cart.session);
    const locale = preferredLocale(request);
    const shown = await showOrder(container, cart, params.checkoutId ?? "", locale);
    if (shown.outcome === "cart_sold") {
      throw redirect(`/orders/${params.checkoutId}`, { headers: { "Set-Cookie": await container.carts.commit(shown.cart) } });
    }
    const status = shown.view.state === "being_confirmed" ? 503 : 200;
    return data({ view: shown.view, locale }, { status });
  });
}

export default function Order() {
  const { view, locale } = useLoaderData<typeof loader>();
  return <OrderPage view={view} locale={locale} />;
}
