import { ActionForm } from "./action-form";
import { Panel } from "./panel";
import { StockForms } from "./stock-forms";

/** Actions on a checkout or product by id. */
export function ToolsPanel({ once }: { once: string }) {
  return (
    <Panel id="tools" title="Tools">
      <h3>Checkout</h3>
      <ActionForm intent="inspect" label="Inspect">
        <CheckoutField />
      </ActionForm>
      <ActionForm intent="fulfil" label="Retry fulfilment">
        <CheckoutField />
      </ActionForm>
      <p className="hint">Runs the same steps as the webhook. Safe to repeat.</p>
      <h3>Stock</h3>
      <StockForms product={null} once={once} />
      <p>
        <a href="/metrics">Prometheus metrics for this server</a>
      </p>
    </Panel>
  );
}

function CheckoutField() {
  return (
    <label>
      Checkout id
      <input
        name="checkout_id"
        required
        maxLength={300}
        placeholder="cs_…"
        autoComplete="off"
        spellCheck={false}
        pattern="\s*cs_[A-Za-z0-9_]+\s*"
        title="A checkout id starts with cs_"
      />
    </label>
  );
}
