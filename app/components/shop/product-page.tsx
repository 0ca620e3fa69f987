import { Link } from "@remix-run/react";
import { LiveStock, useLiveStock } from "~/availability/live-stock";
import type { ProductView } from "~/cart/product-view.server";
import { productTexts, shop } from "~/components/texts";
import { AddToCartForm } from "./add-to-cart-form";
import { ProductPicture } from "./product-picture";
import { StockWords } from "./stock-words";

interface ProductPageProps {
  readonly product: ProductView;
  readonly maxUnitsPerLine: number;
  readonly operation: string;
}

export function ProductPage(props: ProductPageProps) {
  const { name, description, image, price } = props.product;
  return (
    <LiveStock productIds={[props.product.id]}>
      <article className="product">
        <ProductPicture image={image} size={640} eager first />
        <div className="about">
          <h1>{name}</h1>
          <p className="price">{price ?? productTexts.missingPrice(props.product.priceUnavailable)}</p>
          <Purchase {...props} />
          <p className="description">{description}</p>
          <p>
            <Link to="/">{shop.toProducts}</Link>
          </p>
        </div>
      </article>
    </LiveStock>
  );
}

function Purchase({ product, maxUnitsPerLine, operation }: ProductPageProps) {
  const stock = useLiveStock(product.id, product.stock);
  return (
    <section className="purchase" aria-label={productTexts.purchase}>
      {product.forSale ? (
        <StockWords stock={stock} />
      ) : (
        <p className="stock" data-tone="none">
          {productTexts.notForSale}
        </p>
      )}
      <AddToCartForm product={product} stock={stock} maxUnitsPerLine={maxUnitsPerLine} operation={operation} />
      {stock.heldByYou > 0 ? (
        <Link to="/cart" className="button quiet">
          {shop.toCart}
        </Link>
      ) : (
        product.forSale && stock.available > 0 && <p className="hint">{shop.promise}</p>
      )}
    </section>
  );
}
