import { Link } from "@remix-run/react";
import { LiveStock, useLiveStock } from "~/availability/live-stock";
import type { ProductView } from "~/cart/product-view.server";
import { t } from "~/words/words";
import { AddToCart } from "./add-to-cart";
import { useCart, useCartLine } from "./cart-state";
import { CheckoutForm } from "./checkout-form";
import { FollowHolds } from "./follow-holds";
import { ProductCard } from "./product-card";
import { ProductPicture } from "./product-picture";
import { ProductStock } from "./stock-status";

interface ProductPageProps {
  readonly product: ProductView;
  readonly maxUnitsPerLine: number;
  readonly operation: string;
}

export function ProductPage({ more, ...props }: ProductPageProps & { readonly more: readonly ProductView[] }) {
  const { id, name, description, image, price } = props.product;
  return (
    <LiveStock productIds={[id, ...more.map((product) => product.id)]}>
      <FollowHolds />
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
      <ProductStock product={product} stock={stock} />
      <AddToCart product={product} stock={stock} maxAdded={maxUnitsPerLine} operation={operation} />
      <WayToCheckout productId={product.id} />
    </section>
  );
}

/** Once the product is in the cart. On phones, the bar at the bottom has the pay button. */
function WayToCheckout({ productId }: { productId: string }) {
  const { view } = useCart();
  const line = useCartLine(productId);
  if (view === null || line === undefined) return null;
  return (
    <div className="way-to-checkout">
      {line.state !== "lapsed" && view.obstacle === null && <CheckoutForm view={view} />}
      <Link to="/cart" className="button quiet">
        {t("nav.viewCart")}
      </Link>
    </div>
  );
}
