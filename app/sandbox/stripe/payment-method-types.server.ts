/** What the account offers, as the Stripe Dashboard would decide. Source: docs.stripe.com/payments/payment-methods/payment-method-support */

/** Names that `allowed_payment_method_types` and its forerunner accept. */
export const PAYMENT_METHOD_TYPES = [
  "acss_debit",
  "affirm",
  "afterpay_clearpay",
  "alipay",
  "alma",
  "amazon_pay",
  "au_becs_debit",
  "bacs_debit",
  "bancontact",
  "billie",
  "bizum",
  "blik",
  "boleto",
  "card",
  "cashapp",
  "crypto",
  "customer_balance",
  "eps",
  "fpx",
  "giropay",
  "grabpay",
  "ideal",
  "kakao_pay",
  "klarna",
  "konbini",
  "kr_card",
  "link",
  "mb_way",
  "mobilepay",
  "multibanco",
  "naver_pay",
  "nz_bank_account",
  "oxxo",
  "p24",
  "pay_by_bank",
  "payco",
  "paynow",
  "paypal",
  "paypay",
  "payto",
  "pix",
  "promptpay",
  "revolut_pay",
  "samsung_pay",
  "satispay",
  "scalapay",
  "sepa_debit",
  "sequra",
  "sofort",
  "sunbit",
  "swish",
  "twint",
  "upi",
  "us_bank_account",
  "wechat_pay",
  "zip",
] as const;

/** Methods that pay later, with the one currency each works in. */
const DELAYED_IN: Readonly<Record<string, string>> = {
  acss_debit: "cad",
  au_becs_debit: "aud",
  bacs_debit: "gbp",
  boleto: "brl",
  konbini: "jpy",
  multibanco: "eur",
  nz_bank_account: "nzd",
  oxxo: "mxn",
  sepa_debit: "eur",
  us_bank_account: "usd",
};

/** The choice when the request leaves it to the Dashboard: cards, and one method that pays later. */
export function dashboardPaymentMethods(currency: string): string[] {
  const delayed = Object.entries(DELAYED_IN).findLast(([, only]) => only === currency);
  return ["card", delayed?.[0] ?? "customer_balance"];
}

/** `allowed_payment_method_types` is a filter: what does not work in the currency falls out silently. */
export function worksInCurrency(method: string, currency: string): boolean {
  const only = DELAYED_IN[method];
  return only === undefined || only === currency;
}

/** Whether the payment page can offer to pay later. */
export function paysLater(methods: readonly string[]): boolean {
  return methods.some((method) => method !== "card");
}

/** The method that a payment which arrives later is made with. */
export function delayedMethod(methods: readonly string[]): string {
  return methods.find((method) => method in DELAYED_IN) ?? methods.find((method) => method !== "card") ?? "card";
}
