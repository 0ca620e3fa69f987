import { createHash, randomBytes } from "node:crypto";
import { createCookie, type Cookie } from "@remix-run/node";
import { z } from "zod";
import { createSignedTexts, type SignedTexts } from "~/http/signed-texts.server";
import type { Line } from "~/reservations/reservation-store";

/**
 * The shopper's cart session: a signed cookie with the session id, the cart's lines and the last checkouts.
 * The id is a secret that grants access to the cart. It leaves this file only inside that cookie or a signed token (the API's
 * `session_id`); everything else uses its hash, `sessionHash`.
 */
export interface Cart {
  readonly sessionId: string;
  readonly sessionHash: string;
  /** The lines that the shopper wants; the store knows which are held. */
  readonly lines: readonly Line[];
  /** This browser's last checkouts, newest first, which entitle it to see their orders. */
  readonly checkouts: readonly string[];
  /**
   * The newest of `checkouts` while it may still become the payment of this cart; null if there is none, or if a later change of the cart
   * proved it closed. Distinguishes a sold cart from a newer one of the same browser.
   */
  readonly paying: string | null;
  /** Number of cookies sent to this browser: shows what it knew when it submitted a form. */
  readonly revision: number;
  /** Idempotency keys of form submissions already applied to `lines`, newest first. */
  readonly operations: readonly string[];
}

export type ReadCart =
  | { readonly cart: Cart; readonly origin: "cookie" | "new" }
  /** The cookie was not signed by us, or with a retired secret; the new cart may replace it. */
  | { readonly cart: Cart; readonly origin: "tampered" };

const CHECKOUTS_KEPT = 5;
const OPERATIONS_KEPT = 8;
const COOKIE_LIMIT_BYTES = 4096;
/** Upper bound: base64 turns three bytes into four characters, and each escaped one takes three. */
const MAX_ENCODED_BYTES_PER_BYTE = 4;
/** A generous estimate for the cookie's name, signature and attributes. */
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
      sameSite: "lax", // Strict would lose the cart on the return from Stripe.
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

  /** The Set-Cookie header. Throws `RangeError` if the cookie would be too large for browsers; see `fits`. */
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

  /** Headers of a response that sets the cart cookie, which no cache may give to another shopper. */
  async headers(cart: Cart): Promise<Record<string, string>> {
    return { "Set-Cookie": await this.commit(cart), "Cache-Control": "private, no-store" };
  }

  /** The Set-Cookie header that deletes the cart. */
  clear(): Promise<string> {
    return this.cookie.serialize("", { maxAge: 0 });
  }

  /** Whether the cart fits in a cookie, with space for future checkouts and operations. Checked before anything is placed. */
  async fits(cart: Cart): Promise<boolean> {
    const checkouts = Array.from({ length: CHECKOUTS_KEPT }, (_, i) => cart.checkouts[i] ?? "c".repeat(70));
    const operations = Array.from({ length: OPERATIONS_KEPT }, (_, i) => cart.operations[i] ?? "o".repeat(12));
    const full = { ...cart, checkouts, operations };
    // Only a cart that may be too large is signed and encoded to check: doing so every time would double the cost of the cookie.
    if (Buffer.byteLength(JSON.stringify(full)) * MAX_ENCODED_BYTES_PER_BYTE + ATTRIBUTES_BYTES < COOKIE_LIMIT_BYTES)
      return true;
    return this.commit(full).then(
      (header) => header.length <= COOKIE_LIMIT_BYTES,
      () => false,
    );
  }

  /** The signed session id for API clients without cookies. */
  token(cart: Cart): string {
    return this.tokens.sign(cart.sessionId);
  }

  /** The session id in a token; null if we did not sign it. */
  verifyToken(token: string): string | null {
    const sessionId = this.tokens.verify(token);
    return sessionId === null || sessionId.length < 16 ? null : sessionId;
  }

  /** The cart of a client without cookies, whose lines are those that the store holds. */
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

/** A 96-bit hash: short enough for keys and metadata, long enough to avoid collisions. */
export function hashSession(sessionId: string): string {
  return createHash("sha256").update(sessionId).digest("base64url").slice(0, 16);
}

/**
 * The cart with all held lines, or null if its cookie already has them. After two concurrent adds only the last cookie counts, and the
 * other line would leave the cart when its hold expires.
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

/** Entitles the browser to see an order without making it the payment of this cart. */
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
