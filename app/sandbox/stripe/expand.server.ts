import { invalidParam } from "./stripe-error.server";
import type { StripeState } from "./stripe-state.server";

/** Properties that contain the id of another object. */
const LINKS = new Set([
  "payment_intent",
  "latest_charge",
  "charge",
  "product",
  "price",
  "customer",
  "invoice",
  "balance_transaction",
]);
/** Sublists that are omitted unless expanded. Source: https://docs.stripe.com/api/expanding_objects ("includable") */
const SUBLISTS: Readonly<Record<string, string>> = { line_items: "checkout.session", refunds: "charge" };

/** Items in an expanded sublist before `has_more`, as at Stripe: the rest is paged. */
const SUBLIST_LENGTH = 10;

/**
 * Returns a copy of `root` in which the value at each path (`payment_intent.latest_charge`, `data.line_items`) is
 * replaced by the object that it refers to. Throws Stripe's 400 if a path cannot be expanded.
 */
export function expandObject(root: unknown, paths: readonly string[], state: StripeState): unknown {
  const copy: unknown = structuredClone(root);
  for (const path of paths) expandPath(copy, path.split("."), path, state);
  return copy;
}

/** Throws Stripe's 400 for paths that no object has, before the request takes effect. */
export function assertExpandable(paths: readonly string[]): void {
  for (const path of paths) {
    const keys = path.split(".");
    const last = keys.at(-1) ?? "";
    if (keys.length > 4)
      throw invalidParam("You cannot expand more than 4 levels of a property.", { param: "expand[]" });
    if (last === "data" || !keys.every((key) => key === "data" || LINKS.has(key) || key in SUBLISTS))
      throw notExpandable(path);
  }
}

function expandPath(target: unknown, keys: readonly string[], path: string, state: StripeState): void {
  const [key, ...rest] = keys;
  if (key === undefined || target === null) return;
  if (Array.isArray(target)) {
    for (const item of target) expandPath(item, keys, path, state);
    return;
  }
  if (typeof target !== "object") throw notExpandable(path);
  const value: unknown = Reflect.get(target, key);
  if (key === "data" && Array.isArray(value)) {
    expandPath(value, rest, path, state);
    return;
  }
  if (typeof value === "object" && value !== null) {
    if (rest.length === 0 && !LINKS.has(key) && SUBLISTS[key] === undefined) throw notExpandable(path);
    expandPath(value, rest, path, state);
    return;
  }
  const expanded =
    SUBLISTS[key] === Reflect.get(target, "object") ? sublist(target, key, state) : link(key, value, path, state);
  Reflect.set(target, key, expanded);
  expandPath(expanded, rest, path, state);
}

function link(key: string, value: unknown, path: string, state: StripeState): unknown {
  if (!LINKS.has(key) || value === undefined) throw notExpandable(path);
  if (typeof value !== "string") return value;
  const found =
    state.paymentIntents.get(value) ?? state.charges.get(value) ?? state.products.get(value) ?? state.prices.get(value);
  return found === undefined ? value : structuredClone(found);
}

function sublist(target: object, key: string, state: StripeState): unknown {
  const id = String(Reflect.get(target, "id"));
  const all: readonly object[] =
    key === "line_items"
      ? (state.checkouts.get(id)?.lineItems ?? [])
      : [...state.refunds.values()].filter(({ charge }) => charge === id).reverse();
  return {
    object: "list",
    data: structuredClone(all.slice(0, SUBLIST_LENGTH)),
    has_more: all.length > SUBLIST_LENGTH,
    url: key === "line_items" ? `/v1/checkout/sessions/${id}/line_items` : `/v1/charges/${id}/refunds`,
  };
}

function notExpandable(path: string) {
  return invalidParam(`This property cannot be expanded (${path}).`, { param: "expand[]" });
}
