import { useLoaderData } from "@remix-run/react";
import { container } from "~/boot/container.server";
import { newOperation, PAGE_SIZE } from "~/cart/list-products.server";
import { productView } from "~/cart/product-view.server";
import { ProductListPage } from "~/components/shop/product-list-page";

/** The baseline of `/`: the same page, with a loader that only runs the catalog query. */
export async function loader() {
  const { products, page, pages, total } = await container.catalog.list({ page: 1, pageSize: PAGE_SIZE });
  const visit = { sessionHash: "", locale: "en-US", now: Date.now() };
  return {
    list: {
      products: products.map((product) => productView(product, undefined, visit)),
      page,
      pages,
      total,
      search: "",
      sort: null,
      sorts: [],
      operation: newOperation(),
    },
  };
}

export default function Products() {
  return <ProductListPage view={useLoaderData<typeof loader>().list} />;
}
