import type { MissedSales } from "~/operator/operator-desk";

/** What could have sold if other carts had not held it. Helps to decide how much to order next. */
export function MissedSalesTable({ sales }: { sales: readonly MissedSales[] }) {
  const largest = Math.max(1, ...sales.map(({ units }) => units));
  return (
    <div className="missed-sales">
      <h3>Missed sales</h3>
      <p className="hint">Items shoppers wanted while others held them. Repeat tries count once.</p>
      {sales.length === 0 ? (
        <p className="chart-summary">None in the last hour.</p>
      ) : (
        <div className="scrolls" role="region" aria-label="Missed sales by product" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Product</th>
                <th scope="col" className="number">
                  Carts
                </th>
                <th scope="col" className="number">
                  Items
                </th>
                <td />
              </tr>
            </thead>
            <tbody>
              {sales.map(({ productId, name, units, carts }) => (
                <tr key={productId}>
                  <th scope="row">{name ?? productId}</th>
                  <td className="number">{carts}</td>
                  <td className="number">{units}</td>
                  <td aria-hidden="true">
                    <meter min={0} max={largest} value={units} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
