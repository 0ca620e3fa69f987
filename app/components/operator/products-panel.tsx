import type { Overview, ProductStock } from "~/operator/operator-desk";
import { Mark, Panel } from "./panel";
import { scopeLabels } from "./scope-labels";
import { StockForms } from "./stock-forms";

/** Holds by product, and low stock. */
export function ProductsPanel({ overview, once }: { overview: Overview; once: string }) {
  const { holds } = overview;
  return (
    <Panel id="products" title="Products" scope={`Held or low stock · ${scopeLabels(overview).wholeShop}`}>
      {holds === null && <p className="hint">Hold storage isn't responding.</p>}
      {holds?.products.length === 0 && <p className="hint">Nothing is held, and no stock is low.</p>}
      {holds !== null && holds.products.length > 0 && (
        <ul className="rows">
          {holds.products.map((product) => (
            <ProductRow key={product.productId} product={product} once={once} />
          ))}
        </ul>
      )}
      {holds?.hasMoreProducts === true && <p className="hint">Not all products with holds or low stock are listed.</p>}
      {holds?.allLowStockListed === false && (
        <p className="hint">Low stock may be incomplete: only part of the catalogue was checked.</p>
      )}
    </Panel>
  );
}

function ProductRow({ product, once }: { product: ProductStock; once: string }) {
  const { productId, name, onHand, held, inCheckout, available, isLow } = product;
  const title = name ?? productId;
  return (
    <li aria-label={title} className="product-row">
      <div className="row-head">
        <strong>{title}</strong>
        {onHand !== null && onHand <= 0 ? <Mark tone="bad">Sold out</Mark> : isLow && <Mark tone="warn">Low</Mark>}
        {onHand === null && <Mark tone="bad">Stock unknown</Mark>}
        {name !== null && <code className="hint">{productId}</code>}
      </div>
      <dl className="counts">
        <Count name="On hand" count={onHand} />
        <Count name="Held" count={held} />
        <Count name="In checkout" count={inCheckout} />
        <Count name="Available" count={available} isMain />
      </dl>
      <details className="confirm">
        <summary>
          Adjust stock<span className="visually-hidden"> of {title}</span>
        </summary>
        <StockForms product={{ id: productId, title }} once={once} />
      </details>
    </li>
  );
}

function Count({ name, count, isMain = false }: { name: string; count: number | null; isMain?: boolean }) {
  return (
    <div data-main={isMain}>
      <dt>{name}</dt>
      <dd>{count ?? "?"}</dd>
    </div>
  );
}
