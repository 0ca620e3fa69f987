import { createHash, randomBytes } from "node:crypto";
import { createCookie, type Cookie } from "@remix-run/node";
import { z } from "zod";
import { createSignedTexts, type SignedTexts } from "~/http/signed-texts.server";
import type { Line } from "~/reservations/reservation-store";

/**
 * The shopper's cart session: a signed cookie with the session id, the cart's lines and the last checkouts.
 * The id is a key to the cart. It leaves this file only inside that cookie or a signed token (`session_id` of the API);
 * everything else knows the session by its hash, `session`.
 */
export interface Cart {
  readonly sessionId: string;
  readonly sessionHash: string;
  /** What the shopper asked for; whether it is held, the store knows. */
  readonly lines: readonly Line[];
  /** The last checkouts of this browser, newest first: what entitles it to see an order. */
  readonly checkouts: readonly string[];
  /**
   * The newest of `checkouts` while it may still turn out to be the payment of this very cart; null when there is none,
   * or when a later change of the cart proved it over. Tells a cart that was sold from a newer one of the same browser.
   */
  readonly paying: string | null;
  /** How many cookies this browser was given: tells what it knew of when it sent a form. */
  readonly revision: number;
  /** Ids of the forms whose change is in `lines` already, newest first: sent again, they change nothing. */
  readonly operations: readonly string[];
}

export type ReadCart =
  | { readonly cart: Cart; readonly origin: "cookie" | "new" }
  /** The cookie was not signed by us, or with a secret that was retired; a new cart takes its place where that is wanted. */
  | { readonly cart: Cart; readonly origin: "tampered" };

const CHECKOUTS_KEPT = 5;
const OPERATIONS_KEPT = 8;
const COOKIE_LIMIT_BYTES = 4096;
/** Four characters of base64 for three bytes, and three for any of them that is escaped. */
const MOST_BYTES_WRITTEN_FOR_ONE = 4;
/** Name, signature and attributes of the cookie, generously. */
const ATTRIBUTES_BYTES = 300;
const MONTH_SECONDS = 30 * 24 * 3600;

const payloadSchema = z.object({
  id: z.string().min(16).max(64),
  lines: z.array(z.tuple([z.string().min(1), z.number().int().positive()])),
  checkouts: z.array(z.string()).max(CHECKOUTS_KEPT),
  paying: z.boolean().default(false),
  revision: z.number().int().min(0).default(0),
  operations: z.array(z.string().max(24)).max(OPERATIONS_KEPT).default([]),
});

export class CartSessions {
  readonly cookieName: string;
  private readonly cookie: Cookie;
  private readonly tokens: SignedTexts;

  constructor(options: { secrets: readonly string[]; secure: boolean }) {
    this.tokens = createSignedTexts("holdfast-session", options.secrets);
    this.cookieName = options.secure ? "__Host-cart" : "cart";
    this.cookie = createCookie(this.cookieName, {
      httpOnly: true,
      secure: options.secure,
      sameSite: "lax", // Strict would drop the cart on the way back from Stripe.
      path: "/",
      maxAge: MONTH_SECONDS,
      secrets: [...options.secrets],
    });
  }

  async read(request: Request): Promise<ReadCart> {
    const header = request.headers.get("Cookie");
    const present = header?.split(";").some((part) => part.trim().startsWith(`${this.cookieName}=`)) ?? false;
    if (!present) return { cart: this.create(), origin: "new" };
    const payload = payloadSchema.safeParse(await this.cookie.parse(header));
    if (!payload.success) return { cart: this.create(), origin: "tampered" };
    const { id, lines, checkouts, paying, revision, operations } = payload.data;
    const cart: Cart = {
      ...this.fromSessionId(id),
      lines: lines.map(([productId, quantity]) => ({ productId, quantity })),
      checkouts,
      paying: paying ? (checkouts[0] ?? null) : null,
      revision,
      operations,
    };
    return { cart, origin: "cookie" };
  }

  create(): Cart {
    return this.fromSessionId(randomBytes(18).toString("base64url"));
  }

  /** The Set-Cookie header. Throws `RangeError` when the cookie would be larger than browsers keep: see `fits`. */
  async commit(cart: Cart): Promise<string> {
    const header = await this.cookie.serialize({
      id: cart.sessionId,
      lines: cart.lines.map(({ productId, quantity }) => [productId, quantity]),
      checkouts: cart.checkouts.slice(0, CHECKOUTS_KEPT),
      paying: cart.paying !== null,
      revision: cart.revision + 1,
      operations: cart.operations.slice(0, OPERATIONS_KEPT),
    });
    if (header.length > COOKIE_LIMIT_BYTES) throw new RangeError(`a cart cookie of ${header.length} bytes`);
    return header;
  }

  /** Headers of a response that writes the cart's cookie, which no cache may hand to another shopper. */
  async headers(cart: Cart): Promise<Record<string, string>> {
    return { "Set-Cookie": await this.commit(cart), "Cache-Control": "private, no-store" };
  }

  /** The Set-Cookie header that makes a browser forget its cart. */
  clear(): Promise<string> {
    return this.cookie.serialize("", { maxAge: 0 });
  }

  /** Whether the cart can be written as a cookie; asked before anything is placed, with room for the checkouts and operations to come. */
  async fits(cart: Cart): Promise<boolean> {
    const room = Array.from({ length: CHECKOUTS_KEPT }, (_, i) => cart.checkouts[i] ?? "c".repeat(70));
    const operations = Array.from({ length: OPERATIONS_KEPT }, (_, i) => cart.operations[i] ?? "o".repeat(12));
    const full = { ...cart, checkouts: room, operations };
    // Only a cart that may be too large is signed and written to see: to do it for each cost as much as the cookie itself.
    if (Buffer.byteLength(JSON.stringify(full)) * MOST_BYTES_WRITTEN_FOR_ONE + ATTRIBUTES_BYTES < COOKIE_LIMIT_BYTES)
      return true;
    return this.commit(full).then(
      (header) => header.length <= COOKIE_LIMIT_BYTES,
      () => false,
    );
  }

  /** The session id as API clients without cookies carry it. */
  token(cart: Cart): string {
    return this.tokens.sign(cart.sessionId);
  }

  /** The session id that a token carries, or null when we did not sign it. */
  verifyToken(token: string): string | null {
    const sessionId = this.tokens.verify(token);
    return sessionId === null || sessionId.length < 16 ? null : sessionId;
  }

  /** A cart of a client without cookies: its lines are whatever the store holds. */
  fromSessionId(sessionId: string): Cart {
    return {
      sessionId,
      sessionHash: hashSession(sessionId),
      lines: [],
      checkouts: [],
      paying: null,
      revision: 0,
      operations: [],
    };
  }
}

/** 96 bits: short enough for keys and metadata, long enough that two shoppers never meet. */
export function hashSession(sessionId: string): string {
  return createHash("sha256").update(sessionId).digest("base64url").slice(0, 16);
}

/**
 * The cart with the lines that are held and that its cookie does not know: of two adds that were under way at once, the last cookie
 * won, and the other line would leave the cart when its hold lapses. Null: it knows them all.
 */
export function withAllLines(cart: Cart, view: { readonly lines: readonly Line[] }): Cart | null {
  const known = new Set(cart.lines.map(({ productId }) => productId));
  if (view.lines.every(({ productId }) => known.has(productId))) return null;
  return { ...cart, lines: view.lines.map(({ productId, quantity }) => ({ productId, quantity })) };
}

export function withCheckout(cart: Cart, checkoutId: string): Cart {
  const checkouts = [checkoutId, ...cart.checkouts.filter((id) => id !== checkoutId)].slice(0, CHECKOUTS_KEPT);
  return { ...cart, checkouts, paying: checkoutId };
}

/** Entitles to see an order without making it the payment of this cart. */
export function withOrder(cart: Cart, checkoutId: string): Cart {
  const others = cart.checkouts.filter((id) => id !== checkoutId && id !== cart.paying);
  return {
    ...cart,
    checkouts: [...(cart.paying === null ? [] : [cart.paying]), checkoutId, ...others].slice(0, CHECKOUTS_KEPT),
  };
}

export function withOperation(cart: Cart, operation: string): Cart {
  return { ...cart, operations: [operation, ...cart.operations].slice(0, OPERATIONS_KEPT) };
}
