import { releaseRequest } from "~/api/schemas";
import { CartSessions } from "~/cart/cart-session.server";
import { availability, ownReservations, read, released, reserved, stockMoved } from "./contract-shapes";
import { Operator } from "./demo-shop";
import { expectDocumented } from "./documented-responses";
import { FUZZED_PRODUCTS, type Credentials, type FuzzedCall } from "./fuzzed-calls";
import { ask, type HttpResponse } from "./http-client";

/** Alters a response before it is checked, for negative controls. */
export type Tamper = (response: HttpResponse) => HttpResponse;

interface Session {
  readonly token: string;
  readonly cookie: string;
  /** Units by product, according to responses. */
  readonly held: Map<string, number>;
}

const otherShop = new CartSessions({ secrets: ["e".repeat(32)], secure: false });
const FORGED = otherShop.token(otherShop.create());

/**
 * A model of a store's stock and holds, built from its responses. Throws at the first response or number that is wrong.
 */
export class FuzzedShop {
  private readonly url: string;
  private readonly operator: Operator;
  private readonly tamper: Tamper;
  private readonly stock = new Map<string, number>();
  private sessions: Session[] = [];
  /** Cookies of all carts that the store opened, even if the response was tampered with. */
  private cookies: string[] = [];
  /** True if the store was compared with the model since the last call. */
  private isVerified = false;
  /** Number of responses by status. */
  readonly seen: Record<number, number> = {};

  constructor(url: string, tamper: Tamper = (response) => response) {
    this.url = url;
    this.operator = new Operator(url);
    this.tamper = tamper;
  }

  /** Sets the stock of all products to ten; nothing is held. */
  async begin(): Promise<void> {
    for (const { id } of FUZZED_PRODUCTS) {
      if (this.isVerified && this.stock.get(id) === 10) continue;
      await this.operator.setStock(id, 10);
      this.stock.set(id, 10);
    }
    this.sessions = [];
  }

  async call(call: FuzzedCall): Promise<void> {
    this.isVerified = false;
    const { token, cookie } = this.resolveCredentials(call.credentials);
    const query =
      call.credentials.by === "query" && token !== null
        ? `${call.query}&session_id=${encodeURIComponent(token)}`
        : call.query;
    const text =
      call.body === null
        ? null
        : "text" in call.body
          ? call.body.text
          : JSON.stringify(call.credentials.by === "query" ? call.body.json : withSession(call.body.json, token));
    const real = await ask(`${this.url}/`, {
      method: call.method,
      target: query === "" ? call.path : `${call.path}?${query}`,
      headOnly: true,
      headers: { ...call.headers, ...(cookie === null ? {} : { Cookie: cookie }) },
      ...(text === null ? {} : { body: text }),
    });
    const opened = real.headers["set-cookie"]?.[0]?.split(";")[0];
    if (opened !== undefined) this.cookies.push(opened);
    const response = this.tamper(real);
    this.seen[response.status] = (this.seen[response.status] ?? 0) + 1;
    if (response.status >= 500) throw new Error(`a ${response.status}: ${response.text.slice(0, 300)}`);
    expectDocumented(call.method, call.path, response);
    if (
      response.status === 200 &&
      call.method !== "HEAD" &&
      response.headers["content-type"]?.startsWith("application/json")
    )
      this.apply(response, cookie, text);
  }

  /** Compares the store's stock and holds with the model. */
  async verify(): Promise<void> {
    const figures = await ask(
      `${this.url}/api/availability?${FUZZED_PRODUCTS.map(({ id }) => `product_id=${id}`).join("&")}`,
    );
    for (const { product_id: id, inventory, held } of read(figures, 200, availability).products) {
      const expected = { inventory: this.stock.get(id), held: this.heldOf(id) };
      if (inventory !== expected.inventory || held !== expected.held)
        throw new Error(
          `${id}: the store has ${JSON.stringify({ inventory, held })}, by the responses it should be ${JSON.stringify(expected)}`,
        );
    }
    for (const { cookie, held } of this.sessions) {
      const own = read(
        await ask(`${this.url}/api/reserve-inventory`, { headers: { Cookie: cookie } }),
        200,
        ownReservations,
      );
      const expected = [...held.values()].reduce((sum, units) => sum + units, 0);
      if (own.total_units !== expected)
        throw new Error(`a session holds ${own.total_units}, by the responses ${expected}`);
    }
    const { total_units: all } = await this.operator.holds();
    const expected = FUZZED_PRODUCTS.reduce((sum, { id }) => sum + this.heldOf(id), 0);
    if (all !== expected) throw new Error(`${all} units are held in total, by the responses ${expected}`);
    this.isVerified = true;
  }

  /** Releases everything. */
  async end(): Promise<void> {
    for (const Cookie of this.cookies)
      await ask(`${this.url}/api/reserve-inventory`, { method: "DELETE", headers: { Cookie } });
    this.sessions = [];
    this.cookies = [];
  }

  private heldOf(productId: string): number {
    return this.sessions.reduce((sum, { held }) => sum + (held.get(productId) ?? 0), 0);
  }

  private resolveCredentials({ which, by }: Credentials): { token: string | null; cookie: string | null } {
    const session = this.sessions[which % Math.max(1, this.sessions.length)] ?? null;
    const other = this.sessions[(which + 1) % Math.max(1, this.sessions.length)] ?? null;
    switch (by) {
      case "cookie":
        return { token: null, cookie: session?.cookie ?? null };
      case "body":
        return { token: session?.token ?? null, cookie: null };
      case "query":
        return { token: session?.token ?? null, cookie: null };
      case "cookie and body":
        return { token: session?.token ?? null, cookie: session?.cookie ?? null };
      case "two sessions":
        return { token: other?.token ?? null, cookie: session?.cookie ?? null };
      case "forged cookie":
        return { token: null, cookie: `cart=${encodeURIComponent(FORGED)}` };
      case "forged body":
        return { token: FORGED, cookie: null };
      case "nothing":
        return { token: null, cookie: null };
    }
  }

  /** Applies the changes that a response reports to the model. Responses are recognized by their shapes. */
  private apply(response: HttpResponse, cookie: string | null, body: string | null): void {
    const json: unknown = JSON.parse(response.text);
    const grant = reserved.safeParse(json);
    if (grant.success) this.grant(grant.data.session_id, grant.data.results, response);
    const move = stockMoved.safeParse(json);
    if (move.success) this.move(move.data);
    const release = released.safeParse(json);
    if (release.success) this.release(cookie, body, release.data.released);
  }

  private grant(
    token: string,
    lines: readonly { product_id: string; quantity: number }[],
    response: HttpResponse,
  ): void {
    const session = this.sessions.find((one) => one.token === token) ?? {
      token,
      cookie: response.headers["set-cookie"]?.[0]?.split(";")[0] ?? "",
      held: new Map<string, number>(),
    };
    if (!this.sessions.includes(session)) this.sessions.push(session);
    for (const { product_id: id, quantity } of lines) {
      const isMore = quantity > (session.held.get(id) ?? 0);
      session.held.set(id, quantity);
      if (isMore && this.heldOf(id) > (this.stock.get(id) ?? 0))
        throw new Error(
          `oversold: ${this.heldOf(id)} units of ${id} granted, but there are ${this.stock.get(id) ?? 0}`,
        );
    }
  }

  private move({ product_id: id, before, after }: { product_id: string; before: number; after: number }): void {
    if (before !== this.stock.get(id))
      throw new Error(`the stock of ${id} was ${before}, by the responses ${this.stock.get(id)}`);
    this.stock.set(id, after);
  }

  private release(cookie: string | null, body: string | null, reported: number): void {
    const { session_id: token, items = [] } = releaseRequest.parse(
      body === null || body === "" ? {} : JSON.parse(body),
    );
    const held =
      this.sessions.find((one) => one.token === token || one.cookie === cookie)?.held ?? new Map<string, number>();
    const named = items.length === 0 ? [...held.keys()] : items.map(({ product_id: id }) => id);
    const expected = [...new Set(named)].filter((id) => (held.get(id) ?? 0) > 0);
    for (const id of expected) held.delete(id);
    if (reported !== expected.length)
      throw new Error(`${reported} lines were released, by the responses ${expected.length}`);
  }
}

function withSession(json: unknown, token: string | null): unknown {
  return token !== null && typeof json === "object" && json !== null && !Array.isArray(json)
    ? { ...json, session_id: token }
    : json;
}
