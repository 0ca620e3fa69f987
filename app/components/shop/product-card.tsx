import { Link } from "@remix-run/react";
import { useLiveStock } from "~/availability/live-stock";
import type { ProductView } from "~/cart/product-view.server";
import { productPath } from "~/catalog/product-address";
import { t } from "~/words/words";
import { AddToCart } from "./add-to-cart";
import { ProductPicture } from "./product-picture";
import { ProductStock } from "./stock-status";

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
            <Link to={productPath(id)} viewTransition>
              {name}
            </Link>
          </h2>
          <p className="price">{price ?? t("product.noPrice")}</p>
        </div>
        <ProductStock product={product} stock={stock} />
        <AddToCart product={product} stock={stock} maxAdded={1} operation={operation} />
      </div>
    </article>
  );
}
