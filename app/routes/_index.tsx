import { data, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { withErrorPage } from "~/api/page-problem.server";
import { container } from "~/boot/container.server";
import { hasPage, listProducts, listQuerySchema } from "~/cart/list-products.server";
import { listMeta } from "~/components/shop/page-meta";
import { ProductListPage } from "~/components/shop/product-list-page";
import { parse } from "~/http/body.server";

export { unlessRefused as shouldRevalidate } from "~/components/shop/revalidation";

export const meta: MetaFunction<typeof loader> = ({ data: loaded }) =>
  loaded === undefined ? [] : listMeta(loaded.list, loaded.siteUrl);

export function loader({ request }: LoaderFunctionArgs) {
  return withErrorPage(async () => {
    const query = parse(listQuerySchema, Object.fromEntries(new URL(request.url).searchParams));
    const { cart } = await container.carts.read(request);
    const list = await listProducts(container, query, {
      sessionHash: cart.sessionHash,
      locale: container.env.SHOP_LOCALE,
      now: Date.now(),
    });
    return data({ list, siteUrl: container.originRule.publicUrl }, { status: hasPage(list) ? 200 : 404 });
  });
}

export default function Index() {
  return <ProductListPage view={useLoaderData<typeof loader>().list} />;
}
