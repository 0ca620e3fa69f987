import { Link } from "@remix-run/react";
import { useLiveStock } from "~/availability/live-stock";
import type { ProductView } from "~/cart/product-view.server";
import { productPath } from "~/catalog/product-address";
import { productTexts } from "~/components/texts";
import { AddToCartForm } from "./add-to-cart-form";
import { ProductPicture } from "./product-picture";
import { StockWords } from "./stock-words";

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
          <p className="price">{price ?? productTexts.missingPrice(product.priceUnavailable)}</p>
        </div>
        {product.forSale ? (
          <StockWords stock={stock} />
        ) : (
          <p className="stock" data-tone="none">
            {productTexts.notForSale}
          </p>
        )}
        <AddToCartForm product={product} stock={stock} maxUnitsPerLine={1} operation={operation} />
      </div>
    </article>
  );
}
