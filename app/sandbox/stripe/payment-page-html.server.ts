import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import { formatAmount } from "./currency.server";
import { hasDelayedMethod } from "./payment-method-types.server";
import type { CheckoutRecord, StripeRefund } from "./stripe-objects.server";

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --paper: #fff; --ground: #f4f5f7; --line: #d8dde3; --strong: #3b4fd8; --on-strong: #fff; --warn: #a3341c; --note: #fff4d6; --on-note: #4d3a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #eceff3; --soft: #a9b3be; --paper: #1c2128; --ground: #12161b; --line: #363e48; --strong: #93a2ff; --on-strong: #10142e; --warn: #ff9d86; --note: #3a2f0d; --on-note: #ffe6a1; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
.note { margin: 0; padding: .75rem 1rem; background: var(--note); color: var(--on-note); text-align: center; }
main { width: min(30rem, 100% - 2rem); margin: 1.5rem auto; padding: 1.5rem; background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; }
h1 { margin: 0 0 1rem; font-size: 1.375rem; }
h2 { margin: 2rem 0 0; font-size: 1.125rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .5rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; overflow-wrap: anywhere; }
th:last-child, td:last-child { text-align: right; white-space: nowrap; padding-left: 1rem; }
thead th, .soft { color: var(--soft); font-size: .875rem; }
tfoot th, tfoot td { border: 0; font-weight: 700; }
tfoot .adjustment th, tfoot .adjustment td { padding: .125rem 0; font-weight: 400; color: var(--soft); }
form { display: grid; gap: .625rem; margin-top: 1.25rem; }
button, .button { display: block; width: 100%; min-height: 2.75rem; padding: .625rem 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--paper); color: var(--ink); font: inherit; text-align: center; text-decoration: none; cursor: pointer; }
button.strong { background: var(--strong); border-color: var(--strong); color: var(--on-strong); font-weight: 600; }
a { color: var(--strong); }
:focus-visible { outline: 3px solid var(--strong); outline-offset: 2px; }
[role=alert] { margin: 0 0 1rem; padding: .625rem .875rem; border: 1px solid var(--warn); border-radius: .5rem; color: var(--warn); }
`;

function layout(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} – sandbox</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <p class="note">This is a stand-in for Stripe's payment page. Nobody is charged.</p>
        <main>${body}</main>
      </body>
    </html>`;
}

function backLink({ session }: CheckoutRecord) {
  return session.cancel_url === null
    ? ""
    : html`<p><a class="button" href="${session.cancel_url}">Back to the shop</a></p>`;
}

/** Amounts added to or subtracted from the lines, by label. */
function adjustments({ total_details: details }: CheckoutRecord["session"]): [string, number][] {
  const { amount_discount: discount = 0, amount_shipping: shipping = 0, amount_tax: taxAmount = 0 } = details ?? {};
  const all: [string, number][] = [
    ["Discount", -discount],
    ["Shipping", shipping ?? 0],
    ["Tax", taxAmount],
  ];
  return all.filter(([, value]) => value !== 0);
}

function lines({ session, lineItems }: CheckoutRecord) {
  const amount = (value: number) => formatAmount(value, session.currency);
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Item</th>
        <th scope="col">Amount</th>
      </tr>
    </thead>
    <tbody>
      ${lineItems.map(
        (line) =>
          html`<tr>
            <th scope="row">
              ${line.description ?? ""}<br /><span class="soft"
                >${line.quantity} × ${amount(line.price.unit_amount)}</span
              >
            </th>
            <td>${amount(line.amount_subtotal)}</td>
          </tr>`,
      )}
    </tbody>
    <tfoot>
      ${adjustments(session).map(
        ([name, value]) =>
          html`<tr class="adjustment">
            <th scope="row">${name}</th>
            <td>${amount(value)}</td>
          </tr>`,
      )}
      <tr>
        <th scope="row">Total</th>
        <td>${amount(session.amount_total)}</td>
      </tr>
    </tfoot>
  </table>`;
}

/** The page of an open session. Its forms have no action, so they post to wherever the page is mounted. */
export function payPage(record: CheckoutRecord, alert: string | null) {
  const { session } = record;
  const isFree = session.amount_total === 0;
  const takesCode = session.allow_promotion_codes === true && record.discountPercent === 0;
  const mayPayLater = !isFree && hasDelayedMethod(session.payment_method_types);
  return layout(
    "Payment",
    html`<h1>Pay ${formatAmount(session.amount_total, session.currency)}</h1>
      ${alert === null ? "" : html`<p role="alert">${alert}</p>`} ${lines(record)}
      ${session.automatic_tax.status === "requires_location_inputs" ? html`<p class="soft">Tax is added when you pay.</p>` : ""}
      <form method="post">
        <button class="strong" name="action" value="pay">${isFree ? "Complete order" : "Pay"}</button>
        ${isFree ? "" : html`<button name="action" value="decline">Decline</button>`}
        ${mayPayLater ? html`<button name="action" value="pay_later">Pay later</button>` : ""}
        ${takesCode ? html`<button name="action" value="discount">Use a promotion code: 10% off</button>` : ""}
      </form>
      ${session.cancel_url === null ? "" : html`<p><a class="button" href="${session.cancel_url}">Cancel</a></p>`}
      ${isFree ? "" : html`<p class="soft">“Decline” is a card that the bank refuses.${mayPayLater ? " “Pay later” is a bank payment that arrives, or fails, after the order." : ""}</p>`}`,
  );
}

export function expiredPage(record: CheckoutRecord) {
  return layout(
    "Expired",
    html`<h1>This payment page has expired; you were not charged.</h1>
      <p>Go back to the shop to see whether the items are still there.</p>
      ${backLink(record)}`,
  );
}

export function completePage(record: CheckoutRecord, successUrl: string, refunds: readonly StripeRefund[]) {
  return layout(
    "Already complete",
    html`<h1>This checkout is already complete.</h1>
      <p>Nothing more is charged.</p>
      <p><a class="button" href="${successUrl}">See the order</a></p>
      ${backLink(record)} ${record.session.payment_status === "paid" ? refundForms(record, refunds) : ""}`,
  );
}

/** Simulates refunds made on Stripe's dashboard, and what banks do with refunds. */
function refundForms({ session }: CheckoutRecord, refunds: readonly StripeRefund[]) {
  return html`<h2>Refunds</h2>
    <p class="soft">Stripe's dashboard and the buyer's bank, for trying things out.</p>
    ${refunds.map(
      ({ id, amount, status }) =>
        html`<form method="post">
          <input type="hidden" name="refund" value="${id}" />
          <p>${formatAmount(amount, session.currency)}: ${(status ?? "").replaceAll("_", " ")}</p>
          ${status === "pending" || status === "requires_action" ? html`<button name="action" value="refund_arrives">It arrives</button>` : ""}
          ${status === "failed" || status === "canceled" ? "" : html`<button name="action" value="refund_fails">It fails</button>`}
        </form>`,
    )}
    <form method="post">
      <button name="action" value="refund">Refund what is left</button>
      <button name="action" value="refunds_stay_pending">Let further refunds stay pending</button>
      <button name="action" value="refunds_fail">Let further refunds fail</button>
      <button name="action" value="refunds_succeed">Let further refunds succeed</button>
    </form>`;
}

export function unknownPage() {
  return layout(
    "Not found",
    html`<h1>There is no such payment page.</h1>
      <p>The sandbox forgets its payments when it restarts.</p>`,
  );
}

/** The page that simulates the result of a delayed payment. */
export function delayedPaymentPage(record: CheckoutRecord, state: "processing" | "paid" | "failed") {
  const { session } = record;
  const headings = {
    processing: "This payment is still on its way.",
    paid: "This payment has arrived.",
    failed: "This payment has failed.",
  };
  return layout(
    "Payment on its way",
    html`<h1>${headings[state]}</h1>
      <p>
        ${formatAmount(session.amount_total, session.currency)}, to be paid by
        ${session.payment_method_types.filter((method) => method !== "card").join(", ")}.
      </p>
      ${
        state === "processing"
          ? html`<form method="post">
              <button class="strong" name="action" value="succeeded">The payment arrives</button
              ><button name="action" value="failed">The payment fails</button>
            </form>`
          : ""
      }
      ${backLink(record)}`,
  );
}
