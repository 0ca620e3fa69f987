import { randomUUID } from "node:crypto";
import { listen, type Listening } from "~/sandbox/listen.server";

/**
 * The obvious first version of a shop: it reads the stock, then compares, then decrements when the payment arrives. For
 * one product it looks like the store to `stampede`. It oversells: the negative control of the load test.
 */
export interface ReadFirstShop extends Listening {
  readonly url: string;
  readonly inventory: () => number;
}

export async function startReadFirstShop(stock: number): Promise<ReadFirstShop> {
  let inventory = stock;
  const holds = new Set<string>();
  /** The database responds to the first readers together, as if they had asked at once; later readers do not wait. */
  const waiting: (() => void)[] = [];
  const roundTrip = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length >= stock * 4) for (const respond of waiting) respond();
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
    const error = { code: "insufficient_inventory", message: "Sold out." };
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
