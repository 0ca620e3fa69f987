import { Link } from "@remix-run/react";
import type { ProductView } from "~/cart/product-view.server";
import { AddToCartForm } from "./add-to-cart-form";
import { ProductPicture } from "./product-picture";
import { StockWords } from "./stock-words";
import { productTexts } from "./texts";

export function ProductCard({ product, eager }: { product: ProductView; eager: boolean }) {
  const { id, name, image, price, stock } = product;
  return (
    <article className="card" aria-label={name}>
      <ProductPicture image={image} size={320} eager={eager} />
      <h2>
        <Link to={`/products/${encodeURIComponent(id)}`}>{name}</Link>
      </h2>
      <p className="price">{price ?? productTexts.noPrice}</p>
      <StockWords stock={stock} />
      <AddToCartForm product={product} maxUnitsPerLine={1} />
    </article>
  );
}
