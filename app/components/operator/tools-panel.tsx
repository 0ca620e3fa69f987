import { ActionForm } from "./action-form";
import { Panel } from "./panel";
import { StockForms } from "./stock-forms";

/** Deeds on a checkout or a product that is named by its id. */
export function ToolsPanel({ once }: { once: string }) {
  return (
    <Panel id="tools" title="Tools">
      <h3>A checkout</h3>
      <ActionForm intent="inspect" label="Inspect">
        <CheckoutField />
      </ActionForm>
      <ActionForm intent="fulfil" label="Run fulfil">
        <CheckoutField />
      </ActionForm>
      <p className="hint">
        Does what is still to be done for it, as the webhook would: once, however often it is asked for.
      </p>
      <h3>Stock of a product</h3>
      <StockForms product={null} once={once} />
      <p>
        <a href="/metrics">All figures of this server, for Prometheus</a>
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
        title="A checkout's id begins with cs_"
      />
    </label>
  );
}
