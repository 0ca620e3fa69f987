import { Link } from "@remix-run/react";
import { LiveStock } from "~/availability/live-stock";
import type { ProductListView } from "~/cart/list-products.server";
import { site } from "~/words/site";
import { t } from "~/words/words";
import { durationText } from "./duration-text";
import { FollowHolds } from "./follow-holds";
import { listAddress } from "./list-address";
import { Paging } from "./paging";
import { ProductCard } from "./product-card";
import { SortForm } from "./sort-form";

// Pictures above the fold load at once.
const EAGER_PICTURES = 4;

export function ProductListPage({ view }: { view: ProductListView }) {
  const { products, page, pages, operation } = view;
  if (page > Math.max(1, pages)) return <NoSuchPage {...view} />;
  return (
    <LiveStock productIds={products.map(({ id }) => id)}>
      <FollowHolds />
      <Introduction {...view} />
      {products.length === 0 ? (
        <Nothing {...view} />
      ) : (
        <ul className="cards">
          {products.map((product, index) => (
            <li key={product.id}>
              <ProductCard product={product} eager={index < EAGER_PICTURES} operation={`${operation}-${index}`} />
            </li>
          ))}
        </ul>
      )}
      <Paging {...view} />
    </LiveStock>
  );
}

function Introduction({ page, total, search, sort, sorts }: ProductListView) {
  return (
    <div className="intro">
      <h1>{search === "" ? (site().tagline ?? t("products.title")) : t("products.searchTitle", { search })}</h1>
      {search === "" && page === 1 && (
        <p className="text-ink-soft max-w-prose text-lg">
          {t("shop.promiseAll", { duration: durationText(site().holdMs) })}
        </p>
      )}
      {total > 0 && (
        <div className="list-bar">
          <p className="hint">
            {search === "" ? t("products.found", { total }) : t("products.foundFor", { total, search })}
            {search !== "" && (
              <>
                {" · "}
                <Link to="/">{t("nav.allProducts")}</Link>
              </>
            )}
          </p>
          {total > 1 && sorts.length > 0 && <SortForm search={search} sort={sort} sorts={sorts} />}
        </div>
      )}
    </div>
  );
}

function Nothing({ search }: ProductListView) {
  return (
    <section className="notice-page">
      <p>{search === "" ? t("products.none") : t("products.noneFound", { search })}</p>
      <Link to="/">{t("nav.allProducts")}</Link>
    </section>
  );
}

function NoSuchPage({ search, sort }: ProductListView) {
  return (
    <section className="notice-page">
      <h1>{t("products.noSuchPage")}</h1>
      {search !== "" && <Link to={listAddress({ search, sort })}>{t("products.searchTitle", { search })}</Link>}
      <Link to="/">{t("nav.allProducts")}</Link>
    </section>
  );
}
