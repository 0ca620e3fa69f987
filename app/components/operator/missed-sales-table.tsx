import type { MissedSales } from "~/operator/operator-desk";

/** What could have been sold, had it not been held: worth more than any other figure when one orders the next batch. */
export function MissedSalesTable({ lost }: { lost: readonly MissedSales[] }) {
  const most = Math.max(1, ...lost.map(({ units }) => units));
  return (
    <div className="missed-sales">
      <h3>Lost demand</h3>
      <p className="hint">Units refused because other carts held them; who tried again counts once.</p>
      {lost.length === 0 ? (
        <p className="chart-summary">Nobody was refused for that.</p>
      ) : (
        <div className="scrolls" role="region" aria-label="Lost demand by product" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Product</th>
                <th scope="col" className="number">
                  Carts
                </th>
                <th scope="col" className="number">
                  Units
                </th>
                <td />
              </tr>
            </thead>
            <tbody>
              {lost.map(({ productId, name, units, carts }) => (
                <tr key={productId}>
                  <th scope="row">{name ?? productId}</th>
                  <td className="number">{carts}</td>
                  <td className="number">{units}</td>
                  <td aria-hidden="true">
                    <meter min={0} max={most} value={units} />
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
