import { Link } from "@remix-run/react";
import { LiveStock } from "~/availability/live-stock";
import type { ProductListView } from "~/cart/list-products.server";
import { labels, productTexts, shop } from "~/components/texts";
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
        <h1>{search === "" ? shop.motto : productTexts.title}</h1>
        {search === "" && page === 1 && <p className="text-ink-soft max-w-prose text-lg">{shop.promise}</p>}
        <p className="hint">
          {productTexts.found(total, search)}
          {search !== "" && (
            <>
              {" · "}
              <Link to="/">{labels.showAll}</Link>
            </>
          )}
        </p>
      </div>
      {products.length === 0 ? (
        <section className="notice-page">
          <p>{isBeyondLast ? productTexts.noSuchPage : productTexts.noneFound(search)}</p>
          <Link to="/">{labels.showAll}</Link>
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
