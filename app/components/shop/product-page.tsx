import { Link } from "@remix-run/react";
import { LiveStock, useLiveStock } from "~/availability/live-stock";
import type { ProductView } from "~/cart/product-view.server";
import { site } from "~/words/site";
import { t } from "~/words/words";
import { AddToCartForm } from "./add-to-cart-form";
import { durationText } from "./duration-text";
import { ProductCard } from "./product-card";
import { ProductPicture } from "./product-picture";
import { StockStatus } from "./stock-status";

interface ProductPageProps {
  readonly product: ProductView;
  readonly maxUnitsPerLine: number;
  readonly operation: string;
}

export function ProductPage({ more, ...props }: ProductPageProps & { readonly more: readonly ProductView[] }) {
  const { id, name, description, image, price } = props.product;
  return (
    <LiveStock productIds={[id, ...more.map((product) => product.id)]}>
      <article className="product">
        <ProductPicture image={image} size={640} eager first />
        <div className="about">
          <h1>{name}</h1>
          <p className="price">{price ?? t("product.noPrice")}</p>
          <Purchase {...props} />
          <p className="description">{description}</p>
          <p>
            <Link to="/">{t("nav.allProducts")}</Link>
          </p>
        </div>
      </article>
      {more.length > 0 && (
        <section className="more" aria-labelledby="more">
          <h2 id="more">{t("product.more")}</h2>
          <ul className="cards">
            {more.map((product, index) => (
              <li key={product.id}>
                <ProductCard product={product} eager={false} operation={`${props.operation}-${index}`} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </LiveStock>
  );
}

function Purchase({ product, maxUnitsPerLine, operation }: ProductPageProps) {
  const stock = useLiveStock(product.id, product.stock);
  return (
    <section className="purchase" aria-label={t("product.purchase")}>
      {product.forSale ? (
        <StockStatus stock={stock} />
      ) : (
        <p className="stock" data-tone="none">
          {t("product.notForSale")}
        </p>
      )}
      <AddToCartForm product={product} stock={stock} maxUnitsPerLine={maxUnitsPerLine} operation={operation} />
      {stock.heldByYou > 0 ? (
        <Link to="/cart" className="button quiet">
          {t("nav.viewCart")}
        </Link>
      ) : (
        product.forSale &&
        stock.available > 0 && <p className="hint">{t("shop.promise", { duration: durationText(site().holdMs) })}</p>
      )}
    </section>
  );
}
