import type { Cart, CartSessions } from "~/cart/cart-session.server";
import { Problem } from "~/http/problem.server";

/**
 * The cart of an API call: from its signed `session_id`, otherwise from the browser's cookie; null if it has neither.
 * Throws a 403 `invalid_session` for an id that we did not sign, or if the two differ.
 */
export async function apiCart(request: Request, token: string | undefined, carts: CartSessions): Promise<Cart | null> {
  const { cart, origin } = await carts.read(request);
  if (origin === "tampered")
    throw invalidSession("The cart cookie was not signed by this shop.", { "Set-Cookie": await carts.clear() });
  if (token === undefined) return origin === "cookie" ? cart : null;
  const sessionId = carts.verifyToken(token);
  if (sessionId === null)
    throw invalidSession("This session_id was not signed by this shop. Omit it to get a new one.");
  if (origin === "cookie" && cart.sessionId !== sessionId)
    throw invalidSession("The session_id and the cookie name different sessions.");
  return origin === "cookie" ? cart : carts.fromSessionId(sessionId);
}

function invalidSession(message: string, headers?: Record<string, string>): Problem {
  return new Problem(403, "invalid_session", message, headers ? { headers } : {});
}
