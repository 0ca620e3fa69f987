import { data, type LinksFunction, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/node";
import {
  isRouteErrorResponse,
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useLocation,
  useRouteError,
  useRouteLoaderData,
} from "@remix-run/react";
import type { ReactNode } from "react";
import { useNonce } from "~/components/nonce";
import { pageTitle } from "~/components/page-title";
import type { PageProblem } from "~/http/problem-codes";
import stylesheet from "~/styles/shop.css?url";
import { container } from "./boot/container.server";
import { cartIfKnown } from "./cart/show-cart.server";
import { Announcer } from "./components/shop/announcer";
import { CartBar } from "./components/shop/cart-bar";
import { CartProvider } from "./components/shop/cart-state";
import { ErrorPage, errorStatus } from "./components/shop/error-page";
import { errorText, pageProblem } from "./components/shop/error-text";
import { HoldWatch } from "./components/shop/hold-watch";
import { PageFocus } from "./components/shop/page-focus";
import { QuantitySender } from "./components/shop/quantity-sender";
import { SiteFooter } from "./components/shop/site-footer";
import { SiteHeader } from "./components/shop/site-header";
import { site, siteScript } from "./words/site";
import { t } from "./words/words";

export { unlessRefused as shouldRevalidate } from "./components/shop/revalidation";
export { retryAfter as headers } from "~/http/retry-after.server";

export const links: LinksFunction = () => [
  ...iconLinks(site().logoUrl),
  { rel: "manifest", href: "/site.webmanifest" },
  { rel: "stylesheet", href: stylesheet },
];

function iconLinks(logoUrl: string | null): ReturnType<LinksFunction> {
  if (logoUrl !== null) return ["icon", "apple-touch-icon"].map((rel) => ({ rel, href: logoUrl }));
  return [
    { rel: "icon", href: "/favicon.ico", sizes: "32x32" },
    { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" },
    { rel: "apple-touch-icon", href: "/apple-touch-icon.png" },
  ];
}

export const meta: MetaFunction = () => [{ title: site().name }];

/**
 * The cart, which every page shows. Creates a browser's session with its first page, so that two quick clicks on the first "add" belong
 * to one shopper.
 */
export async function loader({ request }: LoaderFunctionArgs) {
  const { cart, origin } = await container.carts.read(request);
  const readAt = Date.now();
  if (origin !== "cookie") return data({ cart: null, readAt }, { headers: await container.carts.headers(cart) });
  const visit = { sessionHash: cart.sessionHash, locale: container.env.SHOP_LOCALE, now: readAt };
  return data({ cart: await cartIfKnown(container, cart, visit), readAt });
}

export function Layout({ children }: { children: ReactNode }) {
  // Undefined on error pages of requests that did not reach the loader.
  const data = useRouteLoaderData<typeof loader>("root");
  const nonce = useNonce();
  // The admin page is not part of the shop and has its own header.
  const isShop = useLocation().pathname !== "/admin";
  return (
    <html lang={isShop ? site().locale : "en"} dir={isShop ? site().direction : "ltr"}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" media="(prefers-color-scheme: light)" content={site().themeColors.light} />
        <meta name="theme-color" media="(prefers-color-scheme: dark)" content={site().themeColors.dark} />
        <Head />
        <Links />
        {site().accentCss !== null && (
          <style nonce={nonce} dangerouslySetInnerHTML={{ __html: site().accentCss ?? "" }} />
        )}
      </head>
      <body>
        <a className="skip-link" href="#content" lang={site().locale}>
          {t("shop.skipLink")}
        </a>
        {site().isSandbox && (
          <aside className="banner" lang={site().locale} aria-label={t("shop.sandboxLabel")}>
            {t("shop.sandboxBanner")}
          </aside>
        )}
        <Announcer>
          <CartProvider loaded={data?.cart ?? null} readAt={data?.readAt ?? 0}>
            <PageFocus />
            <HoldWatch />
            <QuantitySender />
            {isShop && <SiteHeader />}
            <main id="content" tabIndex={-1}>
              {children}
            </main>
            {isShop && <SiteFooter />}
            {isShop && <CartBar />}
          </CartProvider>
        </Announcer>
        <script {...siteScript()} />
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

/** An error page has its own title instead of the page's `meta`, which may be what failed. */
function Head() {
  // Null for a loader's response with its own status, which is not an error.
  const error = useRouteError() ?? null;
  return error === null ? <Meta /> : <title>{pageTitle(errorText(errorStatus(error), problemOf(error)).title)}</title>;
}

function problemOf(error: unknown): PageProblem | null {
  return isRouteErrorResponse(error) ? pageProblem(error.data) : null;
}

export default function Root() {
  return <Outlet />;
}

export function ErrorBoundary() {
  const error = useRouteError();
  return <ErrorPage status={errorStatus(error)} problem={problemOf(error)} />;
}
