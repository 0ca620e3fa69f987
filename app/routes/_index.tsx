import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { listProducts, listQuerySchema } from "~/cart/list-products.server";
import { ProductListPage } from "~/components/product-list-page";
import { productTexts, shop } from "~/components/texts";
import { container } from "~/container.server";
import { parse } from "~/http/body.server";
import { inWords } from "~/http/page-problem.server";
import { preferredLocale } from "~/http/preferred-locale.server";

export const meta: MetaFunction<typeof loader> = ({ data }) => {
  const search = data?.search ?? "";
  const title = search === "" ? `${shop.name} · ${shop.motto}` : `${productTexts.title}: ${search} · ${shop.name}`;
  return [{ title }, { name: "description", content: `${shop.motto}. ${shop.promise}` }];
};

export function loader({ request }: LoaderFunctionArgs) {
  return inWords(async () => {
    const query = parse(listQuerySchema, Object.fromEntries(new URL(request.url).searchParams));
    const { cart } = await container.carts.read(request);
    return listProducts(container, query, { session: cart.session, locale: preferredLocale(request), now: Date.now() });
  });
}

export default function Index() {
  return <ProductListPage view={useLoaderData<typeof loader>()} />;
}
