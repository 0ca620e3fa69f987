import { Link } from "@remix-run/react";
import { useLiveStock } from "~/availability/live-stock";
import type { ProductView } from "~/cart/product-view.server";
import { productPath } from "~/catalog/product-address";
import { t } from "~/words/words";
import { AddToCartForm } from "./add-to-cart-form";
import { ProductPicture } from "./product-picture";
import { StockStatus } from "./stock-status";

export function ProductCard({
  product,
  eager,
  operation,
}: {
  product: ProductView;
  eager: boolean;
  operation: string;
}) {
  const { id, name, image, price } = product;
  const stock = useLiveStock(id, product.stock);
  return (
    <article className="card" aria-label={name}>
      <ProductPicture image={image} size={320} eager={eager} />
      <div className="about">
        <div className="headline">
          <h2>
            <Link to={productPath(id)}>{name}</Link>
          </h2>
          <p className="price">{price ?? t("product.noPrice")}</p>
        </div>
        {product.forSale ? (
          <StockStatus stock={stock} />
        ) : (
          <p className="stock" data-tone="none">
            {t("product.notForSale")}
          </p>
        )}
        <AddToCartForm product={product} stock={stock} maxUnitsPerLine={1} operation={operation} />
      </div>
    </article>
  );
}
