import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import { site } from "~/words/site";
import { t } from "~/words/words";
import { formatAmount } from "./currency.server";
import { hasDelayedMethod } from "./payment-method-types.server";
import type { CheckoutRecord, StripeRefund } from "./stripe-objects.server";

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --paper: #fff; --ground: #f4f5f7; --line: #d8dde3; --link: var(--accent, #3b4fd8); --strong: var(--fill, #3b4fd8); --on-strong: var(--on-fill, #fff); --warn: #a3341c; --note: #fff4d6; --on-note: #4d3a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #eceff3; --soft: #a9b3be; --paper: #1c2128; --ground: #12161b; --line: #363e48; --link: var(--accent, #93a2ff); --strong: var(--fill, #93a2ff); --on-strong: var(--on-fill, #10142e); --warn: #ff9d86; --note: #3a2f0d; --on-note: #ffe6a1; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
.note { margin: 0; padding: .75rem 1rem; background: var(--note); color: var(--on-note); text-align: center; }
main { width: min(30rem, 100% - 2rem); margin: 1.5rem auto; padding: 1.5rem; background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; }
h1 { margin: 0 0 1rem; font-size: 1.375rem; }
h2 { margin: 2rem 0 0; font-size: 1.125rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .5rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top; font-weight: 400; overflow-wrap: anywhere; }
th:last-child, td:last-child { text-align: end; white-space: nowrap; padding-inline-start: 1rem; }
thead th, .soft { color: var(--soft); font-size: .875rem; }
tfoot th, tfoot td { border: 0; font-weight: 700; }
tfoot .adjustment th, tfoot .adjustment td { padding: .125rem 0; font-weight: 400; color: var(--soft); }
form { display: grid; gap: .625rem; margin-top: 1.25rem; }
button, .button { display: block; width: 100%; min-height: 2.75rem; padding: .625rem 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--paper); color: var(--ink); font: inherit; text-align: center; text-decoration: none; cursor: pointer; }
button.strong { background: var(--strong); border-color: var(--link); color: var(--on-strong); font-weight: 600; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
[role=alert] { margin: 0 0 1rem; padding: .625rem .875rem; border: 1px solid var(--warn); border-radius: .5rem; color: var(--warn); }
`;

function layout(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="${site().locale}" dir="${site().direction}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} – ${t("sandboxPayment.suffix")}</title>
        <style>
          ${raw(STYLE + (site().accentCss ?? ""))}
        </style>
      </head>
      <body>
        <p class="note">${t("sandboxPayment.note")}</p>
        <main>${body}</main>
      </body>
    </html>`;
}

function priceText(amount: number, { currency }: CheckoutRecord["session"]): string {
  return formatAmount(amount, currency, site().locale);
}

function backLink({ session }: CheckoutRecord) {
  return session.cancel_url === null
    ? ""
    : html`<p><a class="button" href="${session.cancel_url}">${t("sandboxPayment.back")}</a></p>`;
}

/** Amounts added to or subtracted from the lines, by label. */
function adjustments({ total_details: details }: CheckoutRecord["session"]): [string, number][] {
  const { amount_discount: discount = 0, amount_shipping: shipping = 0, amount_tax: taxAmount = 0 } = details ?? {};
  const all: [string, number][] = [
    [t("order.discount"), -discount],
    [t("order.shipping"), shipping ?? 0],
    [t("order.tax"), taxAmount],
  ];
  return all.filter(([, value]) => value !== 0);
}

function lines({ session, lineItems }: CheckoutRecord) {
  const amount = (value: number) => priceText(value, session);
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${t("sandboxPayment.item")}</th>
        <th scope="col">${t("sandboxPayment.amount")}</th>
      </tr>
    </thead>
    <tbody>
      ${lineItems.map(
        (line) =>
          html`<tr>
            <th scope="row">
              ${line.description ?? ""}<br /><span class="soft"
                >${t("cart.times", { quantity: line.quantity, price: amount(line.price.unit_amount) })}</span
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
        <th scope="row">${t("cart.total")}</th>
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
    t("sandboxPayment.title"),
    html`<h1>${t("sandboxPayment.heading", { amount: priceText(session.amount_total, session) })}</h1>
      ${alert === null ? "" : html`<p role="alert">${alert}</p>`} ${lines(record)}
      ${session.automatic_tax.status === "requires_location_inputs" ? html`<p class="soft">${t("sandboxPayment.taxLater")}</p>` : ""}
      <form method="post">
        <button class="strong" name="action" value="pay">
          ${isFree ? t("sandboxPayment.completeFree") : t("sandboxPayment.pay")}
        </button>
        ${isFree ? "" : html`<button name="action" value="decline">${t("sandboxPayment.decline")}</button>`}
        ${mayPayLater ? html`<button name="action" value="pay_later">${t("sandboxPayment.payLater")}</button>` : ""}
        ${takesCode ? html`<button name="action" value="discount">${t("sandboxPayment.discount")}</button>` : ""}
      </form>
      ${session.cancel_url === null ? "" : html`<p><a class="button" href="${session.cancel_url}">${t("sandboxPayment.cancel")}</a></p>`}
      ${isFree ? "" : html`<p class="soft">${t("sandboxPayment.explainDecline")}${mayPayLater ? ` ${t("sandboxPayment.explainLater")}` : ""}</p>`}`,
  );
}

export function expiredPage(record: CheckoutRecord) {
  return layout(
    t("sandboxPayment.expiredTitle"),
    html`<h1>${t("sandboxPayment.expiredHeading")}</h1>
      <p>${t("sandboxPayment.expiredText")}</p>
      ${backLink(record)}`,
  );
}

export function completePage(record: CheckoutRecord, successUrl: string, refunds: readonly StripeRefund[]) {
  return layout(
    t("sandboxPayment.completeTitle"),
    html`<h1>${t("sandboxPayment.completeHeading")}</h1>
      <p>${t("sandboxPayment.completeText")}</p>
      <p><a class="button" href="${successUrl}">${t("sandboxPayment.viewOrder")}</a></p>
      ${backLink(record)} ${record.session.payment_status === "paid" ? refundForms(record, refunds) : ""}`,
  );
}

/** Simulates refunds made on Stripe's dashboard, and what banks do with refunds. In English: a tool for developers. */
function refundForms({ session }: CheckoutRecord, refunds: readonly StripeRefund[]) {
  return html`<section lang="en" dir="ltr">
    <h2>Refunds</h2>
    <p class="soft">Stripe's dashboard and the buyer's bank, for trying things out.</p>
    ${refunds.map(
      ({ id, amount, status }) =>
        html`<form method="post">
          <input type="hidden" name="refund" value="${id}" />
          <p>${priceText(amount, session)}: ${(status ?? "").replaceAll("_", " ")}</p>
          ${status === "pending" || status === "requires_action" ? html`<button name="action" value="refund_arrives">It arrives</button>` : ""}
          ${status === "failed" || status === "canceled" ? "" : html`<button name="action" value="refund_fails">It fails</button>`}
        </form>`,
    )}
    <form method="post">
      <button name="action" value="refund">Refund what is left</button>
      <button name="action" value="refunds_stay_pending">Let further refunds stay pending</button>
      <button name="action" value="refunds_fail">Let further refunds fail</button>
      <button name="action" value="refunds_succeed">Let further refunds succeed</button>
    </form>
  </section>`;
}

export function unknownPage() {
  return layout(
    t("error.notFound.title"),
    html`<h1>${t("sandboxPayment.unknownHeading")}</h1>
      <p>${t("sandboxPayment.unknownText")}</p>`,
  );
}

/** The page that simulates the result of a delayed payment. */
export function delayedPaymentPage(record: CheckoutRecord, state: "processing" | "paid" | "failed") {
  const { session } = record;
  const headings = {
    processing: t("sandboxPayment.processing"),
    paid: t("sandboxPayment.arrived"),
    failed: t("sandboxPayment.failed"),
  };
  return layout(
    t("sandboxPayment.pendingTitle"),
    html`<h1>${headings[state]}</h1>
      <p>
        ${t("sandboxPayment.paidBy", {
          amount: priceText(session.amount_total, session),
          methods: session.payment_method_types.filter((method) => method !== "card").join(", "),
        })}
      </p>
      ${
        state === "processing"
          ? html`<form method="post">
              <button class="strong" name="action" value="succeeded">${t("sandboxPayment.succeed")}</button
              ><button name="action" value="failed">${t("sandboxPayment.fail")}</button>
            </form>`
          : ""
      }
      ${backLink(record)}`,
  );
}
