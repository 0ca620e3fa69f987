import { createHash, timingSafeEqual } from "node:crypto";
import { Problem } from "./problem.server";
import { createSignedTexts } from "./signed-texts.server";

/** `token` null: operator routes are closed, except in the sandbox, where they are open. */
export interface OperatorRule {
  readonly token: string | null;
  readonly isSandbox: boolean;
  /** Of the session: the first signs the sign-in cookie, all verify it. */
  readonly secrets: readonly string[];
  /** Whether the shop is on HTTPS. */
  readonly secure: boolean;
}

const SIGN_IN_SECONDS = 12 * 3600;

/** Whether the request bears the operator's token (compared in constant time) or the cookie of a sign-in, or needs neither. */
export function isOperator(request: Request, rule: OperatorRule, now = Date.now()): boolean {
  if (rule.token === null) return rule.isSandbox;
  const given = bearerToken(request);
  return (given !== null && isToken(given, rule)) || isSignedIn(request, rule, now);
}

/** Whether the request speaks as an operator at all: only the bearer token does, for a browser brings its cookie everywhere. */
export function bearsToken(request: Request): boolean {
  return bearerToken(request) !== null;
}

/** @throws {Problem} 401 `unauthorized` */
export function requireOperator(request: Request, rule: OperatorRule): void {
  if (isOperator(request, rule)) return;
  throw new Problem(
    401,
    "unauthorized",
    "This is for operators: send the ADMIN_TOKEN as a bearer token, or sign in at /admin.",
    { headers: { "WWW-Authenticate": "Bearer" } },
  );
}

/** Compared in constant time. False where there is no token. */
export function isToken(given: string, rule: OperatorRule): boolean {
  return rule.token !== null && timingSafeEqual(digest(given), digest(rule.token));
}

/**
 * The Set-Cookie header of a sign-in: 12 hours, bound to the token, so that another ADMIN_TOKEN ends every sign-in.
 * Nothing is stored here: signing out makes this browser forget the cookie, and a copy of it would go on being good until
 * its time is over or the token is changed.
 */
export function signInCookie(rule: OperatorRule, now: number): string {
  const until = String(Math.floor(now / 1000) + SIGN_IN_SECONDS);
  return setCookie(rule, signatures(rule).sign(until), SIGN_IN_SECONDS);
}

/** The Set-Cookie header that makes a browser forget its sign-in. */
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

/** Strict: a link on another site never brings the sign-in with it. */
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
