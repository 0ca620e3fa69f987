import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { findProduct, newOperation } from "~/cart/list-products.server";
import { ProductPage } from "~/components/product-page";
import { pageTitle } from "~/components/texts";
import { container } from "~/container.server";
import { inWords } from "~/http/page-problem.server";
import { preferredLocale } from "~/http/preferred-locale.server";

export const meta: MetaFunction<typeof loader> = ({ data }) =>
  data === undefined ? [] : [{ title: pageTitle(data.product.name) }, { name: "description", content: data.product.description }];

export function loader({ request, params }: LoaderFunctionArgs) {
  return inWords(async () => {
    const { cart } = await container.carts.read(request);
    const visit = { session: cart.session, locale: preferredLocale(request), now: Date.now() };
    const product = await findProduct(container, params.productId ?? "", visit);
    return { product, maxUnitsPerLine: container.env.MAX_UNITS_PER_LINE, operation: newOperation() };
  });
}

export default function Product() {
  return <ProductPage {...useLoaderData<typeof loader>()} />;
}
