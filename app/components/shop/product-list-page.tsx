import { Link } from "@remix-run/react";
import { LiveStock } from "~/availability/live-stock";
import type { ProductListView } from "~/cart/list-products.server";
import { site } from "~/words/site";
import { t } from "~/words/words";
import { durationText } from "./duration-text";
import { Paging } from "./paging";
import { ProductCard } from "./product-card";

// Pictures above the fold load at once.
const EAGER_PICTURES = 4;

export function ProductListPage({
  view: { products, page, pages, total, search, operation },
}: {
  view: ProductListView;
}) {
  const isBeyondLast = products.length === 0 && total > 0;
  return (
    <LiveStock productIds={products.map(({ id }) => id)}>
      <div className="intro">
        <h1>{search === "" ? (site().tagline ?? t("products.title")) : t("products.searchTitle", { search })}</h1>
        {search === "" && page === 1 && (
          <p className="text-ink-soft max-w-prose text-lg">
            {t("shop.promiseAll", { duration: durationText(site().holdMs) })}
          </p>
        )}
        {total > 0 && (
          <p className="hint">
            {search === "" ? t("products.found", { total }) : t("products.foundFor", { total, search })}
            {search !== "" && (
              <>
                {" · "}
                <Link to="/">{t("nav.allProducts")}</Link>
              </>
            )}
          </p>
        )}
      </div>
      {products.length === 0 ? (
        <section className="notice-page">
          <p>
            {isBeyondLast
              ? t("products.noSuchPage")
              : search === ""
                ? t("products.none")
                : t("products.noneFound", { search })}
          </p>
          <Link to="/">{t("nav.allProducts")}</Link>
        </section>
      ) : (
        <ul className="cards">
          {products.map((product, index) => (
            <li key={product.id}>
              <ProductCard product={product} eager={index < EAGER_PICTURES} operation={`${operation}-${index}`} />
            </li>
          ))}
        </ul>
      )}
      {!isBeyondLast && <Paging page={page} pages={pages} search={search} />}
    </LiveStock>
  );
}
