import type { Overview, ProductStock } from "~/operator/operator-desk";
import { Mark, Panel } from "./panel";
import { scopeLabels } from "./scope-labels";
import { StockForms } from "./stock-forms";

/** Holds by product, and what is nearly gone. */
export function ProductsPanel({ overview, once }: { overview: Overview; once: string }) {
  const { holds } = overview;
  return (
    <Panel id="products" title="Products" scope={`Held or short. ${scopeLabels(overview).wholeShop}`}>
      {holds === null && <p className="hint">The store of holds does not answer.</p>}
      {holds?.products.length === 0 && <p className="hint">Nothing is held, and nothing is short.</p>}
      {holds !== null && holds.products.length > 0 && (
        <ul className="rows">
          {holds.products.map((product) => (
            <ProductRow key={product.productId} product={product} once={once} />
          ))}
        </ul>
      )}
      {holds?.hasMoreProducts === true && <p className="hint">More products are held or short than are listed here.</p>}
      {holds?.allShortListed === false && (
        <p className="hint">
          The catalogue was not searched for short products as a whole. What is held is listed anyhow.
        </p>
      )}
    </Panel>
  );
}

function ProductRow({ product, once }: { product: ProductStock; once: string }) {
  const { productId, name, onHand, held, inCheckout, available, isShort } = product;
  const called = name ?? productId;
  return (
    <li aria-label={called} className="product-row">
      <div className="row-head">
        <strong>{called}</strong>
        {onHand !== null && onHand <= 0 ? <Mark tone="bad">Sold out</Mark> : isShort && <Mark tone="warn">Short</Mark>}
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
          Change the stock<span className="visually-hidden"> of {called}</span>
        </summary>
        <StockForms product={{ id: productId, called }} once={once} />
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
