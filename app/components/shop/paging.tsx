import { Link } from "@remix-run/react";
import type { ProductListView } from "~/cart/list-products.server";
import { t } from "~/words/words";
import { listAddress } from "./list-address";

type PagingProps = Pick<ProductListView, "page" | "pages" | "search" | "sort">;

export function Paging({ page, pages, ...list }: PagingProps) {
  if (pages <= 1) return null;
  return (
    <nav className="paging" aria-label={t("products.pages")}>
      {page > 1 && (
        <Link to={listAddress({ ...list, page: page - 1 })} rel="prev">
          {t("products.previous")}
        </Link>
      )}
      <span aria-current="page">{t("products.pageOf", { page, pages })}</span>
      {page < pages && (
        <Link to={listAddress({ ...list, page: page + 1 })} rel="next">
          {t("products.next")}
        </Link>
      )}
    </nav>
  );
}
