import { describe, expect, it } from "vitest";
import { CartSessions, hashSession, withCheckout, type Cart } from "~/cart/cart-session.server";

const NEW = "n".repeat(32);
const OLD = "o".repeat(32);
const OTHER = "x".repeat(32);

const shop = sessions(NEW);

function sessions(...secrets: string[]): CartSessions {
  return new CartSessions({ secrets, secure: false });
}

/** The request that a browser sends with this cookie. */
function asking(setCookie: string): Request {
  return new Request("http://shop.test/", { headers: { Cookie: setCookie.split(";")[0] ?? "" } });
}

function filled(carts: CartSessions): Cart {
  return { ...carts.create(), lines: [{ productId: "mug", quantity: 2 }], checkouts: ["cs_1"], paying: "cs_1" };
}

describe("the cart cookie", () => {
  it("is no cart once a single character of it was changed", async () => {
    const cookie = (await shop.commit(filled(shop))).split(";")[0] ?? "";
    const value = cookie.slice("cart=".length);
    // Not of the last one: two bits of it stand for nothing, as 43 letters have two more than 32 bytes.
    for (let at = 0; at < value.length - 1; at += 7) {
      const letter = value[at];
      if (letter === "%" || value[at - 1] === "%" || value[at - 2] === "%") continue;
      const changed = value.slice(0, at) + (letter === "a" ? "b" : "a") + value.slice(at + 1);
      const read = await shop.read(asking(`cart=${changed}`));
      expect(read.origin, `character ${at}`).toBe("tampered");
      expect(read.cart.lines).toEqual([]);
    }
    expect((await shop.read(asking(cookie))).origin).toBe("cookie");
  });

  it("of another shop, without a signature, or of nonsense is no cart, and its session is not taken over", async () => {
    const foreign = filled(sessions(OTHER));
    const unsigned = Buffer.from(
      JSON.stringify({ id: foreign.sessionId, lines: [["mug", 2]], checkouts: [] }),
    ).toString("base64");
    for (const cookie of [
      await sessions(OTHER).commit(foreign),
      `cart=${unsigned}`,
      "cart=",
      "cart=%E0%A4%A",
      "cart=null",
      "cart=.",
    ]) {
      const read = await shop.read(asking(cookie));
      expect(read.origin, cookie).toBe("tampered");
      expect(read.cart.sessionId, cookie).not.toBe(foreign.sessionId);
    }
  });

  it("that is signed but says something else than a cart is no cart", async () => {
    const { createCookie } = await import("@remix-run/node");
    const sign = createCookie("cart", { secrets: [NEW] });
    for (const payload of [
      {},
      [],
      "cart",
      { id: "short", lines: [], checkouts: [] },
      { id: "i".repeat(24), lines: [["mug", -1]], checkouts: [] },
      { id: "i".repeat(24), lines: [["mug", 1.5]], checkouts: [] },
    ]) {
      expect((await shop.read(asking(await sign.serialize(payload)))).origin, JSON.stringify(payload)).toBe("tampered");
    }
  });

  it("signed with an older secret is read and signed anew; with a retired one it is not", async () => {
    const cart = filled(sessions(OLD));
    const cookie = await sessions(OLD).commit(cart);
    const rolled = sessions(NEW, OLD);
    const read = await rolled.read(asking(cookie));
    expect(read).toEqual({ cart: { ...cart, revision: 1 }, origin: "cookie" });
    expect((await shop.read(asking(await rolled.commit(read.cart)))).cart).toEqual({ ...cart, revision: 2 });
    expect((await shop.read(asking(cookie))).origin).toBe("tampered");
  });

  it("is out of reach of scripts, comes back from Stripe, and on HTTPS is bound to this host", async () => {
    const plain = await shop.commit(shop.create());
    expect(plain).toMatch(/^cart=/);
    expect(plain).toContain("HttpOnly");
    expect(plain).toContain("SameSite=Lax");
    expect(plain).toContain("Path=/");
    expect(plain).not.toContain("Secure");
    const secure = await new CartSessions({ secrets: [NEW], secure: true }).commit(shop.create());
    expect(secure).toMatch(/^__Host-cart=/);
    expect(secure).toContain("Secure");
    expect(secure).not.toContain("Domain");
  });

  it("on HTTPS is not taken from the name that a neighbour on the same domain could set", async () => {
    const secure = new CartSessions({ secrets: [NEW], secure: true });
    const cookie = (await secure.commit(filled(secure))).replace("__Host-cart", "cart");
    expect((await secure.read(asking(cookie))).origin).toBe("new");
  });

  it("that would outgrow what browsers keep is known before it is written", async () => {
    const lines = (count: number) =>
      Array.from({ length: count }, (_, i) => ({
        productId: `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
        quantity: 10,
      }));
    expect(await shop.fits({ ...shop.create(), lines: lines(30) })).toBe(true);
    const large = { ...shop.create(), lines: lines(100) };
    expect(await shop.fits(large)).toBe(false);
    await expect(shop.commit(large)).rejects.toThrow();
    // Room is kept for the checkouts to come.
    for (let count = 31; count < 100; count += 1) {
      const cart = { ...shop.create(), lines: lines(count) };
      if (!(await shop.fits(cart))) break;
      const paid = Array.from({ length: 5 }, (_, i) => `cs_test_${"a".repeat(61)}${i}`).reduce(withCheckout, cart);
      expect((await shop.commit(paid)).length).toBeLessThanOrEqual(4096);
    }
  });

  it("gives back exactly the cart that was written, one revision later", async () => {
    const cart = filled(shop);
    expect(await shop.read(asking(await shop.commit(cart)))).toEqual({
      cart: { ...cart, revision: 1 },
      origin: "cookie",
    });
  });

  it("is found among others, and its absence is a new cart with a session nobody had", async () => {
    const cart = filled(shop);
    const request = new Request("http://shop.test/", {
      headers: { Cookie: `cartel=1; ${(await shop.commit(cart)).split(";")[0]}; theme=dark` },
    });
    expect((await shop.read(request)).cart).toEqual({ ...cart, revision: 1 });
    const visitors = await Promise.all(
      [1, 2].map(() => shop.read(new Request("http://shop.test/", { headers: { Cookie: "cartel=1" } }))),
    );
    expect(visitors.map(({ origin }) => origin)).toEqual(["new", "new"]);
    expect(new Set(visitors.map((read) => read.cart.sessionId)).size).toBe(2);
  });
});

/** A letter that the id does not begin with. */
function otherLetter(id: string): string {
  return id.startsWith("x") ? "y" : "x";
}

describe("session ids", () => {
  it("are refused when not signed here: another's, changed, shortened, bare, or chosen by the caller", () => {
    const token = shop.token(shop.create());
    const [id = "", signature = ""] = token.split(".");
    const chosen = "session-of-my-own-choice";
    const bad = [
      "",
      ".",
      id,
      `${id}.`,
      `.${signature}`,
      `${id}.${signature.slice(1)}`,
      `${id}.${signature}=`,
      `${otherLetter(id)}${id.slice(1)}.${signature}`,
      sessions(OTHER).token(shop.create()),
      chosen,
      `${chosen}.${signature}`,
      `${id}.${signature}.${signature}`,
    ];
    for (const forged of bad) expect(shop.verifyToken(forged), forged).toBeNull();
    expect(shop.verifyToken(token)).toBe(id);
  });

  it("signed with an older secret stay good while it is listed, and no longer", () => {
    const cart = shop.create();
    const token = sessions(OLD).token(cart);
    expect(sessions(NEW, OLD).verifyToken(token)).toBe(cart.sessionId);
    expect(shop.verifyToken(token)).toBeNull();
  });

  it("are not cookies: the value of a cookie is no token and a token no cookie", async () => {
    const cart = shop.create();
    const cookie = decodeURIComponent((await shop.commit(cart)).split(";")[0]?.slice("cart=".length) ?? "");
    expect(shop.verifyToken(cookie)).toBeNull();
    expect((await shop.read(asking(`cart=${shop.token(cart)}`))).origin).toBe("tampered");
  });

  it("are known elsewhere by a hash that does not tell them", () => {
    const { sessionId, sessionHash } = shop.create();
    expect(sessionHash).toBe(hashSession(sessionId));
    expect(sessionHash).toMatch(/^[\w-]{16}$/);
    expect(sessionHash).not.toContain(sessionId.slice(0, 6));
  });
});

describe("a cart", () => {
  it("keeps the last five checkouts, the newest first and none twice", () => {
    const cart = ["1", "2", "3", "4", "5", "6", "3"].reduce(withCheckout, shop.create());
    expect(cart.checkouts).toEqual(["3", "6", "5", "4", "2"]);
    expect(cart.paying).toBe("3");
  });
});
