import { createHash, timingSafeEqual } from "node:crypto";
import { Problem } from "./problem.server";
import { createSignedTexts } from "./signed-texts.server";

/** How operators authenticate. `token` null: operator routes are closed, except in the sandbox, where they are open. */
export interface OperatorRule {
  readonly token: string | null;
  readonly isSandbox: boolean;
  /** The session secrets: the first signs the sign-in cookie, all verify it. */
  readonly secrets: readonly string[];
  /** Whether the shop uses HTTPS. */
  readonly secure: boolean;
}

const SIGN_IN_SECONDS = 12 * 3600;

/** Whether the request has the operator's token (compared in constant time) or a sign-in cookie, or needs neither. */
export function isOperator(request: Request, rule: OperatorRule, now = Date.now()): boolean {
  if (rule.token === null) return rule.isSandbox;
  const given = bearerToken(request);
  return (given !== null && isToken(given, rule)) || isSignedIn(request, rule, now);
}

/** Whether the request has a bearer token. The sign-in cookie does not count: browsers attach it to every request. */
export function hasBearerToken(request: Request): boolean {
  return bearerToken(request) !== null;
}

/** @throws {Problem} 401 `unauthorized` */
export function requireOperator(request: Request, rule: OperatorRule): void {
  if (isOperator(request, rule)) return;
  throw new Problem(
    401,
    "unauthorized",
    "Admin access only. Send ADMIN_TOKEN as a bearer token or sign in at /admin.",
    { headers: { "WWW-Authenticate": "Bearer" } },
  );
}

/** Compares the token in constant time. False if none is set. */
export function isToken(given: string, rule: OperatorRule): boolean {
  return rule.token !== null && timingSafeEqual(digest(given), digest(rule.token));
}

/**
 * The Set-Cookie header of a sign-in, valid for 12 hours and bound to the token, so that changing ADMIN_TOKEN ends every sign-in.
 * Nothing is stored on the server: signing out only deletes the cookie in this browser, and a copy stays valid until it expires or the
 * token changes.
 */
export function signInCookie(rule: OperatorRule, now: number): string {
  const until = String(Math.floor(now / 1000) + SIGN_IN_SECONDS);
  return setCookie(rule, signatures(rule).sign(until), SIGN_IN_SECONDS);
}

/** The Set-Cookie header that deletes the sign-in. */
export function signOutCookie(rule: OperatorRule): string {
  return setCookie(rule, "", 0);
}

function isSignedIn(request: Request, rule: OperatorRule, now: number): boolean {
  const until = signatures(rule).verify(readCookie(request, cookieName(rule)));
  return until !== null && Number(until) * 1000 > now;
}

function signatures({ token, secrets }: OperatorRule) {
  return createSignedTexts(`holdfast-operator:${token ?? ""}`, secrets);
}

function readCookie(request: Request, name: string): string {
  const pairs = (request.headers.get("Cookie") ?? "").split(";").map((part) => part.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}

/** SameSite=Strict: a link on another site never carries the sign-in. */
function setCookie(rule: OperatorRule, value: string, seconds: number): string {
  return `${cookieName(rule)}=${value}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Strict${rule.secure ? "; Secure" : ""}`;
}

function cookieName({ secure }: OperatorRule): string {
  return secure ? "__Host-admin" : "admin";
}

function bearerToken(request: Request): string | null {
  return /^Bearer +(\S+)$/i.exec(request.headers.get("Authorization") ?? "")?.[1] ?? null;
}

const digest = (text: string) => createHash("sha256").update(text).digest();
