/** Payment methods. Source: https://docs.stripe.com/payments/payment-methods/payment-method-support */

/** Values that `allowed_payment_method_types` and its predecessor `payment_method_types` accept. */
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

/** Delayed payment methods, each with the only currency that it supports. */
const DELAYED: Readonly<Record<string, string>> = {
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

/** The methods enabled in the stand-in's dashboard: cards, and one delayed method. */
export function dashboardPaymentMethods(currency: string): string[] {
  const delayed = Object.entries(DELAYED).findLast(([, only]) => only === currency);
  return ["card", delayed?.[0] ?? "customer_balance"];
}

/** False for a delayed method in another currency: `allowed_payment_method_types` drops it silently. */
export function worksInCurrency(method: string, currency: string): boolean {
  const only = DELAYED[method];
  return only === undefined || only === currency;
}

/** True if one of the methods settles after the order, so that the payment page offers to pay later. */
export function hasDelayedMethod(methods: readonly string[]): boolean {
  return methods.some((method) => method !== "card");
}

/** The method with which a delayed payment is made. */
export function delayedMethod(methods: readonly string[]): string {
  return methods.find((method) => method in DELAYED) ?? methods.find((method) => method !== "card") ?? "card";
}
