import { describe, expect, it } from "vitest";
import { CartSessions, hashSession, withCheckout, type Cart } from "~/cart/cart-session.server";

const NEW = "n".repeat(32);
const OLD = "o".repeat(32);
const OTHER = "x".repeat(32);

const shop = sessions(NEW);

function sessions(...secrets: string[]): CartSessions {
  return new CartSessions({ secrets, secure: false });
}

/** A browser's request with this cookie. */
function asking(setCookie: string): Request {
  return new Request("http://shop.test/", { headers: { Cookie: setCookie.split(";")[0] ?? "" } });
}

function filled(carts: CartSessions): Cart {
  return { ...carts.create(), lines: [{ productId: "mug", quantity: 2 }], checkouts: ["cs_1"], paying: "cs_1" };
}

describe("the cart cookie", () => {
  it("is invalid if a single character was changed", async () => {
    const cookie = (await shop.commit(filled(shop))).split(";")[0] ?? "";
    const value = cookie.slice("cart=".length);
    // Except for the last character, two bits of which are unused: 43 characters hold two bits more than 32 bytes.
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

  it("is invalid if it is from another shop, unsigned or malformed, and its session is not adopted", async () => {
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

  it("is invalid if it is signed but does not contain a cart", async () => {
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

  it("is accepted and signed again if signed with an older secret, but not with a retired one", async () => {
    const cart = filled(sessions(OLD));
    const cookie = await sessions(OLD).commit(cart);
    const rolled = sessions(NEW, OLD);
    const read = await rolled.read(asking(cookie));
    expect(read).toEqual({ cart: { ...cart, revision: 1 }, origin: "cookie" });
    expect((await shop.read(asking(await rolled.commit(read.cart)))).cart).toEqual({ ...cart, revision: 2 });
    expect((await shop.read(asking(cookie))).origin).toBe("tampered");
  });

  it("is hidden from scripts, sent on the return from Stripe, and bound to the host on HTTPS", async () => {
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

  it("is not read on HTTPS under the name that another host of the domain could set", async () => {
    const secure = new CartSessions({ secrets: [NEW], secure: true });
    const cookie = (await secure.commit(filled(secure))).replace("__Host-cart", "cart");
    expect((await secure.read(asking(cookie))).origin).toBe("new");
  });

  it("is known to be too large for browsers before it is written", async () => {
    const lines = (count: number) =>
      Array.from({ length: count }, (_, i) => ({
        productId: `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
        quantity: 10,
      }));
    expect(await shop.fits({ ...shop.create(), lines: lines(30) })).toBe(true);
    const large = { ...shop.create(), lines: lines(100) };
    expect(await shop.fits(large)).toBe(false);
    await expect(shop.commit(large)).rejects.toThrow();
    // There is space for future checkouts.
    for (let count = 31; count < 100; count += 1) {
      const cart = { ...shop.create(), lines: lines(count) };
      if (!(await shop.fits(cart))) break;
      const paid = Array.from({ length: 5 }, (_, i) => `cs_test_${"a".repeat(61)}${i}`).reduce(withCheckout, cart);
      expect((await shop.commit(paid)).length).toBeLessThanOrEqual(4096);
    }
  });

  it("returns exactly the cart that was written, one revision later", async () => {
    const cart = filled(shop);
    expect(await shop.read(asking(await shop.commit(cart)))).toEqual({
      cart: { ...cart, revision: 1 },
      origin: "cookie",
    });
  });

  it("is found among others, and without it there is a new cart with a new session", async () => {
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

/** A letter with which the id does not start. */
function otherLetter(id: string): string {
  return id.startsWith("x") ? "y" : "x";
}

describe("session ids", () => {
  it("are rejected unless signed here: another shop's, changed, shortened, unsigned, or made up", () => {
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

  it("signed with an older secret are valid while it is listed", () => {
    const cart = shop.create();
    const token = sessions(OLD).token(cart);
    expect(sessions(NEW, OLD).verifyToken(token)).toBe(cart.sessionId);
    expect(shop.verifyToken(token)).toBeNull();
  });

  it("are not interchangeable with cookies", async () => {
    const cart = shop.create();
    const cookie = decodeURIComponent((await shop.commit(cart)).split(";")[0]?.slice("cart=".length) ?? "");
    expect(shop.verifyToken(cookie)).toBeNull();
    expect((await shop.read(asking(`cart=${shop.token(cart)}`))).origin).toBe("tampered");
  });

  it("are known elsewhere only by a hash", () => {
    const { sessionId, sessionHash } = shop.create();
    expect(sessionHash).toBe(hashSession(sessionId));
    expect(sessionHash).toMatch(/^[\w-]{16}$/);
    expect(sessionHash).not.toContain(sessionId.slice(0, 6));
  });
});

describe("a cart", () => {
  it("keeps the last five checkouts, newest first and without duplicates", () => {
    const cart = ["1", "2", "3", "4", "5", "6", "3"].reduce(withCheckout, shop.create());
    expect(cart.checkouts).toEqual(["3", "6", "5", "4", "2"]);
    expect(cart.paying).toBe("3");
  });
});
