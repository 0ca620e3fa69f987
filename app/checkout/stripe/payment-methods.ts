import type Stripe from "stripe";
import type { Literals } from "./sdk-literals";

type Method = Literals<Stripe.Checkout.SessionCreateParams.AllowedPaymentMethodType>;

/** Names that `allowed_payment_method_types` accepts. Complete: the compiler compares it with the SDK's own list. */
// prettier-ignore
const METHODS: Readonly<Record<Method, true>> = {
  acss_debit: true, affirm: true, afterpay_clearpay: true, alipay: true, alma: true, amazon_pay: true,
  au_becs_debit: true, bacs_debit: true, bancontact: true, billie: true, bizum: true, blik: true, boleto: true,
  card: true, cashapp: true, crypto: true, customer_balance: true, eps: true, fpx: true, giropay: true, grabpay: true,
  ideal: true, kakao_pay: true, klarna: true, konbini: true, kr_card: true, link: true, mb_way: true, mobilepay: true,
  multibanco: true, naver_pay: true, nz_bank_account: true, oxxo: true, p24: true, pay_by_bank: true, payco: true,
  paynow: true, paypal: true, paypay: true, payto: true, pix: true, promptpay: true, revolut_pay: true,
  samsung_pay: true, satispay: true, scalapay: true, sepa_debit: true, sequra: true, sofort: true, sunbit: true,
  swish: true, twint: true, upi: true, us_bank_account: true, wechat_pay: true, zip: true,
};

/** Why Stripe would refuse these names at every checkout, or null. `automatic` alone leaves the choice to Stripe's dashboard. */
export function paymentMethodsProblem(names: readonly string[]): string | null {
  if (names.length === 0) return "must list at least one payment method, or be automatic";
  if (names.length === 1 && names[0] === "automatic") return null;
  if (names.includes("automatic")) return "automatic cannot be combined with other payment methods";
  const unknown = names.filter((name) => !Object.hasOwn(METHODS, name));
  if (unknown.length === 0) return null;
  return unknown.map((name) => `"${name}" is not a payment method at Stripe; did you mean ${nearest(name)}?`).join(" ");
}

function nearest(name: string): string {
  const byDistance = Object.keys(METHODS).map((known) => ({ known, edits: edits(name.toLowerCase(), known) }));
  return byDistance.reduce((best, next) => (next.edits < best.edits ? next : best)).known;
}

/** How many letters must be inserted, removed or replaced (Levenshtein). */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
