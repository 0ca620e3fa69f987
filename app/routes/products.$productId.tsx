import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { withErrorPage } from "~/api/page-problem.server";
import { container } from "~/boot/container.server";
import { findProduct } from "~/cart/find-product.server";
import { newOperation } from "~/cart/list-products.server";
import { productIdIn } from "~/catalog/product-address";
import { productMeta } from "~/components/shop/page-meta";
import { ProductPage } from "~/components/shop/product-page";
import { Problem } from "~/http/problem.server";

export { unlessRefused as shouldRevalidate } from "~/components/shop/revalidation";

export const meta: MetaFunction<typeof loader> = ({ data }) =>
  data === undefined ? [] : productMeta(data.product, data.siteUrl);

export function loader({ request }: LoaderFunctionArgs) {
  return withErrorPage(async () => {
    const { cart } = await container.carts.read(request);
    const visit = { sessionHash: cart.sessionHash, locale: container.env.SHOP_LOCALE, now: Date.now() };
    const found = await findProduct(container, productIdIn(request.url), visit);
    if (found === null) throw new Problem(404, "unknown_product", "This product does not exist.");
    return {
      ...found,
      maxUnitsPerLine: container.env.MAX_UNITS_PER_LINE,
      operation: newOperation(),
      siteUrl: container.originRule.publicUrl,
    };
  });
}

export default function Product() {
  const { product, more, maxUnitsPerLine, operation } = useLoaderData<typeof loader>();
  // The key: what a form or message says about one product must not appear at the next.
  return (
    <ProductPage
      key={product.id}
      product={product}
      more={more}
      maxUnitsPerLine={maxUnitsPerLine}
      operation={operation}
    />
  );
}
