import { randomUUID } from "node:crypto";
import { listen, type Listening } from "~/sandbox/listen.server";

/**
 * What everybody writes first: the stock is read, then compared, then taken down when the payment comes. The same outside
 * behaviour as the store for one product, as far as `stampede` can see. For tests only: it oversells.
 */
export interface ReadFirstShop extends Listening {
  readonly url: string;
  readonly inventory: () => number;
}

export async function startReadFirstShop(stock: number): Promise<ReadFirstShop> {
  let inventory = stock;
  const holds = new Set<string>();
  /** The database answers the first readers together, as it does when they come at once; later ones do not wait. */
  const waiting: (() => void)[] = [];
  const roundTrip = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length >= stock * 4) for (const answer of waiting) answer();
    });

  async function reserve(request: Request): Promise<Response> {
    await request.text();
    const read = inventory;
    const held = holds.size;
    await roundTrip();
    const cart = randomUUID();
    if (read - held < 1) return refused(cart);
    holds.add(cart);
    const line = {
      product_id: "only",
      name: "Only",
      success: true,
      quantity: 1,
      available: read - held,
      remaining: read - held - 1,
    };
    const body = {
      success: true,
      session_id: cart,
      expires_at: new Date().toISOString(),
      expires_in_seconds: 120,
      results: [line],
      total_active_reservations: holds.size,
    };
    return Response.json(body, {
      headers: {
        "Set-Cookie": `cart=${cart}; Path=/`,
        "Content-Type": "application/json; charset=utf-8",
        "Cache-Control": "no-store",
      },
    });
  }

  function refused(cart: string): Response {
    const line = {
      product_id: "only",
      name: "Only",
      success: false,
      requested: 1,
      available: 0,
      reason: "held_by_others",
    };
    const error = { code: "insufficient_inventory", message: "There is no more." };
    return Response.json(
      {
        success: false,
        session_id: cart,
        expires_at: null,
        expires_in_seconds: null,
        results: [line],
        total_active_reservations: holds.size,
        error,
      },
      { status: 409 },
    );
  }

  function sell(cart: string): Response {
    inventory -= 1;
    holds.delete(cart);
    return new Response(null, { status: 303, headers: { Location: `http://shop.test/orders/${cart}` } });
  }

  const server = await listen(async (request) => {
    const { origin, pathname } = new URL(request.url);
    const cart = /cart=([\w-]+)/.exec(request.headers.get("Cookie") ?? "")?.[1] ?? "";
    if (pathname === "/api/reserve-inventory") return reserve(request);
    if (pathname === "/checkout")
      return new Response(null, { status: 303, headers: { Location: `${origin}/pay/${cart}` } });
    return sell(pathname.slice("/pay/".length));
  }, 0);
  return { ...server, url: `http://127.0.0.1:${server.port}`, inventory: () => inventory };
}
