/** Settings that decide what pages may load and where their forms may lead. */
interface HeadersEnvironment {
  readonly isSandbox: boolean;
  readonly STRIPE_API_BASE?: string | undefined;
  readonly STRIPE_CHECKOUT_ORIGIN: string;
  readonly IMAGE_HOSTS?: readonly string[] | undefined;
  readonly IMAGE_BASE_URL?: string | undefined;
  readonly SHOP_LOGO_URL?: string | undefined;
}

/**
 * Security headers of every page. `nonce` is that of the page's inline scripts and styles; null in development, where Vite adds its own scripts.
 * Referrer-Policy must not be `no-referrer`: browsers would then post forms with `Origin: null`, which Remix rejects.
 */
export function pageHeaders(env: HeadersEnvironment, nonce: string | null): Record<string, string> {
  return {
    "Content-Security-Policy": contentSecurityPolicy(env, nonce),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    // Pages show one shopper's holds, and stock that changes by the second.
    "Cache-Control": "private, no-store",
  };
}

function contentSecurityPolicy(env: HeadersEnvironment, nonce: string | null): string {
  const isDevelopment = nonce === null;
  const directives = {
    "default-src": ["'self'"],
    "script-src": ["'self'", isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`],
    "style-src": ["'self'", isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`],
    "img-src": ["'self'", "data:", ...(env.IMAGE_HOSTS ?? ["https:"]), ...pictureOrigins(env)],
    "connect-src": ["'self'", ...(isDevelopment ? ["ws:"] : [])],
    // Chromium also applies this to the redirect after a form post: without the payment page, payments would be blocked.
    "form-action": ["'self'", ...paymentPages(env)],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(" ")}`)
    .join("; ");
}

function pictureOrigins({ IMAGE_BASE_URL: base, SHOP_LOGO_URL: logo }: HeadersEnvironment): string[] {
  return [...new Set([base, logo].flatMap((address) => (address === undefined ? [] : [new URL(address).origin])))];
}

/** Whether the policy above allows a picture from `address`. */
export function allowsPictureFrom(address: URL, ownOrigin: string, env: HeadersEnvironment): boolean {
  if (address.origin === ownOrigin || pictureOrigins(env).includes(address.origin)) return true;
  const hosts = env.IMAGE_HOSTS ?? ["https:"];
  return hosts.some((source) => {
    const [, scheme, host = ""] = /^(?:([a-z]+:)(?:\/\/)?)?([^/]*)/i.exec(source) ?? [];
    // Without a scheme, the policy means the page's own, or the secure one.
    const isScheme = address.protocol === (scheme ?? new URL(ownOrigin).protocol) || address.protocol === "https:";
    const isHost = host.startsWith("*.")
      ? address.hostname.endsWith(host.slice(1))
      : host === "" || host === address.host;
    return isScheme && isHost;
  });
}

/** Whether the policy above allows a form to lead to `address`. Relative URLs and the sandbox's payment page are our own. */
export function allowsFormTo(address: string, ownOrigin: string, env: HeadersEnvironment): boolean {
  const { origin } = new URL(address, ownOrigin);
  return origin === ownOrigin || paymentPages(env).includes(origin);
}

/** Origins of payment pages. Empty in the sandbox, whose payment page has our own origin. */
function paymentPages({
  isSandbox,
  STRIPE_API_BASE: base,
  STRIPE_CHECKOUT_ORIGIN: origin,
}: HeadersEnvironment): string[] {
  if (isSandbox && base === undefined) return [];
  return base === undefined ? [origin] : [...new Set([new URL(base).origin, origin])];
}
