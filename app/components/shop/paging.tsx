import { Link } from "@remix-run/react";
import { t } from "~/words/words";

export function Paging({ page, pages, search }: { page: number; pages: number; search: string }) {
  if (pages <= 1) return null;
  return (
    <nav className="paging" aria-label={t("products.pages")}>
      {page > 1 && (
        <Link to={address(page - 1, search)} rel="prev">
          {t("products.previous")}
        </Link>
      )}
      <span>{t("products.pageOf", { page, pages })}</span>
      {page < pages && (
        <Link to={address(page + 1, search)} rel="next">
          {t("products.next")}
        </Link>
      )}
    </nav>
  );
}

function address(page: number, search: string): string {
  const query = new URLSearchParams({
    ...(search === "" ? {} : { q: search }),
    ...(page === 1 ? {} : { page: String(page) }),
  }).toString();
  return query === "" ? "/" : `/?${query}`;
}
