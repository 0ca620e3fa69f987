import { DEMO_PRODUCTS } from "~/sandbox/demo-products";
import { allReservations, availability, read, stockMoved } from "./contract-shapes";
import { Caller, type HttpResponse } from "./http-client";

export const ADMIN_TOKEN = "operator-token-of-the-tests";
export const AS_OPERATOR = { Authorization: `Bearer ${ADMIN_TOKEN}` };

export function productId(name: string): string {
  const product = DEMO_PRODUCTS.find((candidate) => candidate.name === name);
  if (product === undefined) throw new Error(`there is no demo product named ${name}`);
  return product.id;
}

/** An operator of a running store, over its API. */
export class Operator {
  private readonly caller: Caller;

  constructor(baseUrl: string) {
    this.caller = new Caller(baseUrl);
  }

  async setStock(id: string, inventory: number): Promise<void> {
    read(
      await this.caller.post("/api/test-inventory-update", { product_id: id, inventory }, AS_OPERATOR),
      200,
      stockMoved,
    );
  }

  async holds() {
    return read(await this.caller.get("/api/reserve-inventory?limit=1000", AS_OPERATOR), 200, allReservations);
  }

  async stock(id: string) {
    const { products } = read(
      await this.caller.get(`/api/availability?product_id=${encodeURIComponent(id)}`),
      200,
      availability,
    );
    if (products[0] === undefined) throw new Error(`no availability of ${id}`);
    return products[0];
  }

  inspect(checkoutId: string): Promise<HttpResponse> {
    return this.caller.get(`/api/debug-checkout?checkout_id=${checkoutId}`, AS_OPERATOR);
  }

  async metrics(): Promise<string> {
    return (await this.caller.get("/metrics", AS_OPERATOR)).text;
  }
}
