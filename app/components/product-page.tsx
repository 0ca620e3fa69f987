import { Link } from "@remix-run/react";
import type { ProductView } from "~/cart/product-view.server";
import { AddToCartForm } from "./add-to-cart-form";
import { ProductPicture } from "./product-picture";
import { StockWords } from "./stock-words";
import { productTexts, shop } from "./texts";

export function ProductPage({ product, maxUnitsPerLine }: { product: ProductView; maxUnitsPerLine: number }) {
  const { name, description, image, price, forSale, stock } = product;
  return (
    <article className="product">
      <ProductPicture image={image} size={640} eager />
      <div className="about">
        <h1>{name}</h1>
        <p className="price">{price ?? productTexts.noPrice}</p>
        {forSale ? <StockWords stock={stock} /> : <p className="stock" data-tone="none">{productTexts.notForSale}</p>}
        <AddToCartForm key={stock.heldByYou} product={product} maxUnitsPerLine={maxUnitsPerLine} />
        <p className="description">{description}</p>
        <Link to="/">{shop.toProducts}</Link>
      </div>
    </article>
  );
}
