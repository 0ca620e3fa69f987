import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_TOKEN, AS_OPERATOR, Operator, productId } from "../api/demo-shop";
import { ask, type HttpResponse } from "../api/http-client";
import { startStandIns } from "../api/stand-ins";
import { freePort, startStore, type StoreProcess } from "../api/store-process";

const MUG = productId("Tide Mug");
const SESSION_SECRET = "s".repeat(32);

/** Headers that browsers add to requests from another site's page. */
const FOREIGN: readonly Record<string, string>[] = [
  { Origin: "https://evil.example" },
  { "Sec-Fetch-Site": "cross-site" },
];

let store: StoreProcess;

beforeAll(async () => {
  store = await startStore({ ADMIN_TOKEN, SESSION_SECRET });
});

afterAll(() => store.stop());

function post(
  form: Record<string, string>,
  headers: Record<string, string> = {},
  url = store.url,
): Promise<HttpResponse> {
  return ask(`${url}/admin`, {
    method: "POST",
    headers: { Origin: new URL(url).origin, "Content-Type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams(form).toString(),
  });
}

const signIn = (token: string, url = store.url) => post({ intent: "sign_in", token }, {}, url);
const look = (headers: Record<string, string> = {}, url = store.url) => ask(`${url}/admin`, { headers });
const setStock = (headers: Record<string, string>, inventory: number) =>
  ask(`${store.url}/api/test-inventory-update`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify({ product_id: MUG, inventory }),
  });

/** The page's message about the submitted form. */
function outcome({ text }: HttpResponse): string {
  return /role="status"[^>]*>.*?<p>(.*?)<\/p>/s.exec(text)?.[1] ?? "";
}

function adminCookie({ headers }: HttpResponse): string | undefined {
  return headers["set-cookie"]?.find((line) => line.startsWith("admin="))?.split(";")[0];
}

async function signedIn(url = store.url): Promise<{ Cookie: string }> {
  const answer = await signIn(ADMIN_TOKEN, url);
  expect(answer.status, answer.text.slice(0, 300)).toBe(303);
  return { Cookie: adminCookie(answer) ?? "" };
}

describe("the admin page", { timeout: 300_000 }, () => {
  it("asks for the token, shows nothing else, and is neither cached nor indexed", async () => {
    const answer = await look();
    expect(answer.status).toBe(401);
    expect(answer.text).toContain("Admin token");
    expect(answer.text).not.toContain("Oversold");
    expect(answer.headers["x-robots-tag"]).toContain("noindex");
    expect(answer.headers["cache-control"]).toContain("no-store");
    expect(answer.text).toContain('content="noindex, nofollow"');
  });

  it("rejects a wrong token with a message and without a cookie", async () => {
    for (const token of ["", "x", `${ADMIN_TOKEN}x`, ADMIN_TOKEN.toUpperCase()]) {
      const answer = await signIn(token);
      expect(answer.status, token).toBe(401);
      expect(answer.text).toContain("Incorrect token");
      expect(adminCookie(answer)).toBeUndefined();
    }
  });

  it("rejects a sign-in from another site's page, even with the right token", async () => {
    for (const foreign of FOREIGN) {
      const answer = await post({ intent: "sign_in", token: ADMIN_TOKEN }, foreign);
      expect(answer.status).toBe(403);
      expect(adminCookie(answer)).toBeUndefined();
    }
  });

  it("opens with the right token, and from then on with the cookie", async () => {
    const answer = await signIn(ADMIN_TOKEN);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe("/admin");
    expect(answer.headers["set-cookie"]?.find((line) => line.startsWith("admin="))).toMatch(
      /HttpOnly; SameSite=Strict/,
    );
    const page = await look({ Cookie: adminCookie(answer) ?? "" });
    expect(page.status).toBe(200);
    expect(page.text).toContain("Oversold items");
    expect(page.text).not.toContain(ADMIN_TOKEN);
    expect(page.headers["x-robots-tag"]).toContain("noindex");
  });

  it("does not open with a tampered cookie, nor with one for a former token", async () => {
    const { Cookie } = await signedIn();
    const tampered = Cookie.replace(/^admin=./, (start) => `admin=${start.endsWith("9") ? "8" : "9"}`);
    expect((await look({ Cookie: tampered })).status).toBe(401);
    const former = await startStore({ ADMIN_TOKEN: "former-token-of-the-tests", SESSION_SECRET });
    try {
      const old = adminCookie(await signIn("former-token-of-the-tests", former.url)) ?? "";
      expect((await look({ Cookie: old }, former.url)).status).toBe(200);
      expect((await look({ Cookie: old })).status).toBe(401);
    } finally {
      await former.stop();
    }
  });

  it("closes when the operator signs out", async () => {
    const answer = await post({ intent: "sign_out" }, await signedIn());
    expect(answer.status).toBe(303);
    expect(answer.headers["set-cookie"]?.find((line) => line.startsWith("admin="))).toMatch(/^admin=; Max-Age=0;/);
  });

  it("ignores a form without a sign-in", async () => {
    const before = await new Operator(store.url).stock(MUG);
    const forms: Record<string, string>[] = [
      { intent: "pause" },
      { intent: "set_stock", product_id: MUG, inventory: "1", confirmed: "yes" },
    ];
    for (const form of forms) {
      const answer = await post(form);
      expect(answer.status).toBe(401);
      expect(answer.text).toContain("Admin access only.");
    }
    expect(await new Operator(store.url).stock(MUG)).toEqual(before);
    expect((await look(await signedIn())).text).not.toContain(">Paused<");
  });

  it("responds to an invalid form with a message, and changes nothing", async () => {
    const cookie = await signedIn();
    const forms: Record<string, string>[] = [
      { intent: "restock", product_id: MUG, delta: "many", once: "a" },
      { intent: "set_stock", product_id: MUG, inventory: "1" },
      { intent: "inspect", checkout_id: "x" },
      { intent: "dance" },
      {},
    ];
    for (const form of forms) {
      const answer = await post(form, cookie);
      expect(answer.status, JSON.stringify(form)).toBe(400);
      expect(outcome(answer), JSON.stringify(form)).not.toBe("");
    }
  });

  it("adds units once for a form sent twice, and again for a new form", async () => {
    const cookie = await signedIn();
    const operator = new Operator(store.url);
    await operator.setStock(MUG, 10);
    const form = { intent: "restock", product_id: MUG, delta: "5", once: "one-form" };
    expect(outcome(await post(form, cookie))).toContain("from 10 to 15");
    expect(outcome(await post(form, cookie))).toContain("already submitted");
    expect((await operator.stock(MUG)).inventory).toBe(15);
    await post({ ...form, once: "another-form" }, cookie);
    expect((await operator.stock(MUG)).inventory).toBe(20);
  });

  it("does not remove more units than there are", async () => {
    const operator = new Operator(store.url);
    await operator.setStock(MUG, 10);
    const answer = await post(
      { intent: "restock", product_id: MUG, delta: "-999", once: "too-many" },
      await signedIn(),
    );
    expect(answer.status).toBe(422);
    expect(outcome(answer)).toContain("cannot go below 0");
    expect((await operator.stock(MUG)).inventory).toBe(10);
  });
});

describe("the sign-in cookie", () => {
  it("grants the same access as the bearer token", async () => {
    const cookie = await signedIn();
    expect((await setStock(cookie, 12)).status).toBe(200);
    expect((await setStock({}, 3)).status).toBe(401);
    expect((await new Operator(store.url).stock(MUG)).inventory).toBe(12);
    const inspect = (headers: Record<string, string>) =>
      ask(`${store.url}/api/debug-checkout?checkout_id=cs_test_none`, { headers });
    expect((await inspect({})).status).toBe(401);
    expect((await inspect(cookie)).status).toBe((await inspect(AS_OPERATOR)).status);
    expect((await inspect(cookie)).status).toBe(404);
  });

  it("is useless to other sites' pages", async () => {
    const cookie = await signedIn();
    await setStock(cookie, 12);
    for (const foreign of FOREIGN) {
      expect((await setStock({ ...cookie, ...foreign }, 1)).status).toBe(403);
      expect(
        (
          await post(
            { intent: "set_stock", product_id: MUG, inventory: "1", confirmed: "yes" },
            { ...cookie, ...foreign },
          )
        ).status,
      ).toBe(403);
      expect((await post({ intent: "pause" }, { ...cookie, ...foreign })).status).toBe(403);
    }
    expect((await new Operator(store.url).stock(MUG)).inventory).toBe(12);
  });
});

describe("without a token", { timeout: 300_000 }, () => {
  it("the page is open in the sandbox, and has no sign-out", async () => {
    const open = await startStore();
    try {
      const page = await look({}, open.url);
      expect(page.status).toBe(200);
      expect(page.text).toContain("Oversold items");
      expect(page.text).not.toContain("Sign out");
    } finally {
      await open.stop();
    }
  });

  it("it is closed elsewhere, says how to open it, and accepts no token", async () => {
    const port = await freePort();
    const outside = await startStandIns(port);
    const closed = await startStore(outside.env, { port });
    try {
      const page = await look({}, closed.url);
      expect(page.status).toBe(403);
      expect(page.text).toContain("ADMIN_TOKEN is not set");
      expect(page.text).not.toContain("Oversold");
      for (const token of ["", "null", "undefined"]) expect((await signIn(token, closed.url)).status).toBe(401);
      expect((await post({ intent: "pause" }, {}, closed.url)).status).toBe(401);
    } finally {
      await closed.stop();
      await outside.close();
    }
  });
});

describe("guessing the token", { timeout: 300_000 }, () => {
  it("is rate-limited after a few tries a minute and no longer logged, while the right token still works", async () => {
    const guessed = await startStore({ ADMIN_TOKEN });
    const guess = () => signIn("a-wrong-guess-of-the-token", guessed.url);
    let tries = 1;
    try {
      let answer = await guess();
      for (; tries < 200 && answer.status === 401; tries += 1) answer = await guess();
      expect(answer.status).toBe(429);
      expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
      for (let more = 0; more < 10; more += 1) expect((await guess()).status).toBe(429);
      expect((await look(await signedIn(guessed.url), guessed.url)).status).toBe(200);
      expect((await look(AS_OPERATOR, guessed.url)).status).toBe(200);
    } finally {
      await guessed.stop();
    }
    // The output is complete once the process has ended.
    expect(guessed.output().split("sign-in refused").length - 1).toBe(tries - 1);
  });
});
