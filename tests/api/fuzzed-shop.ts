import { releaseRequest } from "~/api/schemas";
import { CartSessions } from "~/cart/cart-session.server";
import { availability, ownReservations, read, released, reserved, stockMoved } from "./contract-shapes";
import { Operator } from "./demo-shop";
import { expectDocumented } from "./documented-answers";
import { FUZZED_PRODUCTS, type Bearer, type FuzzedCall } from "./fuzzed-calls";
import { ask, type Answer } from "./http-client";

/** What a caller is told instead of the answer. */
export type Lie = (answer: Answer) => Answer;

interface Session {
  readonly token: string;
  readonly cookie: string;
  /** Units by product, by what was answered. */
  readonly held: Map<string, number>;
}

const elsewhere = new CartSessions({ secrets: ["e".repeat(32)], secure: false });
const FORGED = elsewhere.token(elsewhere.create());

/** What a store must hold and have, going by its answers alone. Throws at the first answer or figure that cannot be right. */
export class FuzzedShop {
  private readonly url: string;
  private readonly operator: Operator;
  private readonly lie: Lie;
  private readonly stock = new Map<string, number>();
  private sessions: Session[] = [];
  /** Of every cart that the store opened, whatever was told of it. */
  private cookies: string[] = [];
  /** Whether the figures were held against the model since the last call. */
  private isVerified = false;
  /** Answers by status. */
  readonly seen: Record<number, number> = {};

  constructor(url: string, lie: Lie = (answer) => answer) {
    this.url = url;
    this.operator = new Operator(url);
    this.lie = lie;
  }

  /** All products at ten units, nothing held. */
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
    const { token, cookie } = this.credentialsOf(call.bearer);
    const query =
      call.bearer.by === "query" && token !== null
        ? `${call.query}&session_id=${encodeURIComponent(token)}`
        : call.query;
    const text =
      call.body === null
        ? null
        : "text" in call.body
          ? call.body.text
          : JSON.stringify(call.bearer.by === "query" ? call.body.json : withSession(call.body.json, token));
    const real = await ask(`${this.url}/`, {
      method: call.method,
      target: query === "" ? call.path : `${call.path}?${query}`,
      headOnly: true,
      headers: { ...call.headers, ...(cookie === null ? {} : { Cookie: cookie }) },
      ...(text === null ? {} : { body: text }),
    });
    const opened = real.headers["set-cookie"]?.[0]?.split(";")[0];
    if (opened !== undefined) this.cookies.push(opened);
    const answer = this.lie(real);
    this.seen[answer.status] = (this.seen[answer.status] ?? 0) + 1;
    if (answer.status >= 500) throw new Error(`a ${answer.status}: ${answer.text.slice(0, 300)}`);
    expectDocumented(call.method, call.path, answer);
    if (
      answer.status === 200 &&
      call.method !== "HEAD" &&
      answer.headers["content-type"]?.startsWith("application/json")
    )
      this.learn(answer, cookie, text);
  }

  /** Holds every figure of the store against the model. */
  async verify(): Promise<void> {
    const figures = await ask(
      `${this.url}/api/availability?${FUZZED_PRODUCTS.map(({ id }) => `product_id=${id}`).join("&")}`,
    );
    for (const { product_id: id, inventory, held } of read(figures, 200, availability).products) {
      const expected = { inventory: this.stock.get(id), held: this.heldOf(id) };
      if (inventory !== expected.inventory || held !== expected.held)
        throw new Error(
          `${id}: the store has ${JSON.stringify({ inventory, held })}, by its answers it would be ${JSON.stringify(expected)}`,
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
        throw new Error(`a session holds ${own.total_units}, by its answers ${expected}`);
    }
    const { total_units: all } = await this.operator.holds();
    const expected = FUZZED_PRODUCTS.reduce((sum, { id }) => sum + this.heldOf(id), 0);
    if (all !== expected) throw new Error(`${all} units are held in all, by the answers ${expected}`);
    this.isVerified = true;
  }

  /** Gives everything back. */
  async end(): Promise<void> {
    for (const Cookie of this.cookies)
      await ask(`${this.url}/api/reserve-inventory`, { method: "DELETE", headers: { Cookie } });
    this.sessions = [];
    this.cookies = [];
  }

  private heldOf(productId: string): number {
    return this.sessions.reduce((sum, { held }) => sum + (held.get(productId) ?? 0), 0);
  }

  private credentialsOf({ which, by }: Bearer): { token: string | null; cookie: string | null } {
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
      case "two of them":
        return { token: other?.token ?? null, cookie: session?.cookie ?? null };
      case "forged cookie":
        return { token: null, cookie: `cart=${encodeURIComponent(FORGED)}` };
      case "forged body":
        return { token: FORGED, cookie: null };
      case "nothing":
        return { token: null, cookie: null };
    }
  }

  /** Takes over what the answer says has changed. The shapes of the API's answers tell them apart. */
  private learn(answer: Answer, cookie: string | null, body: string | null): void {
    const said: unknown = JSON.parse(answer.text);
    const granted = reserved.safeParse(said);
    if (granted.success) this.grant(granted.data.session_id, granted.data.results, answer);
    const moved = stockMoved.safeParse(said);
    if (moved.success) this.move(moved.data);
    const given = released.safeParse(said);
    if (given.success) this.release(cookie, body, given.data.released);
  }

  private grant(token: string, lines: readonly { product_id: string; quantity: number }[], answer: Answer): void {
    const session = this.sessions.find((one) => one.token === token) ?? {
      token,
      cookie: answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "",
      held: new Map<string, number>(),
    };
    if (!this.sessions.includes(session)) this.sessions.push(session);
    for (const { product_id: id, quantity } of lines) {
      const isMore = quantity > (session.held.get(id) ?? 0);
      session.held.set(id, quantity);
      if (isMore && this.heldOf(id) > (this.stock.get(id) ?? 0))
        throw new Error(`oversold: ${this.heldOf(id)} units of ${id} are granted, of ${this.stock.get(id) ?? 0}`);
    }
  }

  private move({ product_id: id, before, after }: { product_id: string; before: number; after: number }): void {
    if (before !== this.stock.get(id))
      throw new Error(`the stock of ${id} was ${before}, by the answers ${this.stock.get(id)}`);
    this.stock.set(id, after);
  }

  private release(cookie: string | null, body: string | null, told: number): void {
    const { session_id: token, items = [] } = releaseRequest.parse(
      body === null || body === "" ? {} : JSON.parse(body),
    );
    const held =
      this.sessions.find((one) => one.token === token || one.cookie === cookie)?.held ?? new Map<string, number>();
    const named = items.length === 0 ? [...held.keys()] : items.map(({ product_id: id }) => id);
    const given = [...new Set(named)].filter((id) => (held.get(id) ?? 0) > 0);
    for (const id of given) held.delete(id);
    if (told !== given.length) throw new Error(`${told} lines were given back, by the answers ${given.length}`);
  }
}

function withSession(json: unknown, token: string | null): unknown {
  return token !== null && typeof json === "object" && json !== null && !Array.isArray(json)
    ? { ...json, session_id: token }
    : json;
}
