import { describe, expect, it } from "vitest";
import { isOperator, requireOperator, signInCookie, signOutCookie, type OperatorRule } from "~/http/operator.server";
import { Problem } from "~/http/problem.server";

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const shop: OperatorRule = {
  token: "operator-token-of-the-tests",
  isSandbox: false,
  secrets: ["s".repeat(32)],
  secure: false,
};

const ask = (headers: Record<string, string> = {}) => new Request("http://shop.test/admin", { headers });
const withCookie = (setCookie: string) => ask({ Cookie: `cart=abc; ${setCookie.split(";")[0]}` });

describe("an operator's sign-in", () => {
  it("rejects a forged cookie: another time, another signature, none at all", () => {
    const [name, value = ""] = (signInCookie(shop, NOW).split(";")[0] ?? "").split("=");
    const [until, signature = ""] = value.split(".");
    const forged = [
      `${Number(until) + 1}.${signature}`,
      `${until}.${signature.slice(0, -2)}xy`,
      `${until}.`,
      `${until}`,
      "",
      `0.${signature}`,
      `1e12.${signature}`,
      `${value}.${signature}x.y`.slice(1),
    ];
    for (const cookie of forged)
      expect(isOperator(ask({ Cookie: `${name}=${cookie}` }), shop, NOW), cookie).toBe(false);
    // The genuine cookie is accepted.
    expect(isOperator(ask({ Cookie: `${name}=${value}` }), shop, NOW)).toBe(true);
  });

  it("ends after twelve hours", () => {
    const request = withCookie(signInCookie(shop, NOW));
    expect(isOperator(request, shop, NOW + 12 * HOUR - 1000)).toBe(true);
    expect(isOperator(request, shop, NOW + 12 * HOUR)).toBe(false);
  });

  it("ends when ADMIN_TOKEN is changed or removed", () => {
    const request = withCookie(signInCookie(shop, NOW));
    expect(isOperator(request, { ...shop, token: "another-token-of-the-tests" }, NOW)).toBe(false);
    expect(isOperator(request, { ...shop, token: null }, NOW)).toBe(false);
  });

  it("survives the rotation of a session secret, but not its removal", () => {
    const request = withCookie(signInCookie(shop, NOW));
    expect(isOperator(request, { ...shop, secrets: ["n".repeat(32), ...shop.secrets] }, NOW)).toBe(true);
    expect(isOperator(request, { ...shop, secrets: ["n".repeat(32)] }, NOW)).toBe(false);
  });

  it("is a cookie that scripts cannot read and other sites' links do not carry, with the __Host- prefix on HTTPS", () => {
    expect(signInCookie(shop, NOW)).toMatch(/^admin=[^;]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(signInCookie({ ...shop, secure: true }, NOW)).toMatch(
      /^__Host-admin=[^;]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
    expect(signOutCookie(shop)).toBe("admin=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict");
    // The plain name proves nothing on HTTPS: any page of the domain could have set it.
    expect(isOperator(withCookie(signInCookie(shop, NOW)), { ...shop, secure: true }, NOW)).toBe(false);
  });

  it("reveals neither the token nor the secret", () => {
    const cookie = signInCookie(shop, NOW);
    expect(cookie).not.toContain(shop.token);
    expect(cookie).not.toContain(shop.secrets[0]);
  });
});

describe("operator routes", () => {
  it("are closed without a token, except in the sandbox", () => {
    expect(isOperator(ask(), { ...shop, token: null })).toBe(false);
    expect(isOperator(ask({ Authorization: "Bearer " }), { ...shop, token: null })).toBe(false);
    expect(isOperator(ask(), { ...shop, token: null, isSandbox: true })).toBe(true);
    expect(isOperator(ask(), { ...shop, isSandbox: true })).toBe(false);
  });

  it("accept the bearer token, and reject another one with a message", () => {
    expect(isOperator(ask({ Authorization: `Bearer ${shop.token}` }), shop)).toBe(true);
    expect(() => requireOperator(ask({ Authorization: `Bearer ${shop.token}x` }), shop)).toThrow(Problem);
    expect(() => requireOperator(ask(), shop)).toThrow(/sign in at \/admin/);
  });
});
