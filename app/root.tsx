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
import { pageTitle, shop } from "~/components/texts";
import { preferredLocale } from "~/http/preferred-locale.server";
import stylesheet from "~/styles/shop.css?url";
import { container } from "./boot/container.server";
import { Announcer } from "./components/shop/announcer";
import { ErrorPage, errorStatus } from "./components/shop/error-page";
import { errorWords } from "./components/shop/error-words";
import { PageFocus } from "./components/shop/page-focus";
import { problemMessage } from "./components/shop/problem-message";
import { SiteFooter } from "./components/shop/site-footer";
import { SiteHeader } from "./components/shop/site-header";

export { unlessRefused as shouldRevalidate } from "./components/shop/revalidation";
export { retryAfter as headers } from "~/http/retry-after.server";

export const links: LinksFunction = () => [
  { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" },
  { rel: "stylesheet", href: stylesheet },
];

export const meta: MetaFunction = () => [{ title: shop.name }, { name: "description", content: shop.motto }];

/** Creates a browser's cart session with its first page, so that two quick clicks on the first "add" belong to one shopper. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { cart, origin } = await container.carts.read(request);
  const view = {
    isSandbox: container.env.isSandbox,
    locale: preferredLocale(request),
    unitsInCart: cart.lines.reduce((sum, line) => sum + line.quantity, 0),
  };
  if (origin === "cookie") return data(view);
  return data(view, { headers: await container.carts.headers(cart) });
}

export function Layout({ children }: { children: ReactNode }) {
  // Undefined on error pages of requests that did not reach the loader.
  const site = useRouteLoaderData<typeof loader>("root");
  const nonce = useNonce();
  // The admin page is not part of the shop and has its own header.
  const isShop = useLocation().pathname !== "/admin";
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <Head />
        <Links />
      </head>
      <body>
        <a className="skip-link" href="#content">
          {shop.skipLink}
        </a>
        {site?.isSandbox === true && (
          <aside className="banner" aria-label={shop.sandboxLabel}>
            {shop.sandboxBanner}
          </aside>
        )}
        <Announcer>
          <PageFocus />
          {isShop && <SiteHeader unitsInCart={site?.unitsInCart ?? null} />}
          <main id="content" tabIndex={-1}>
            {children}
          </main>
          {isShop && <SiteFooter />}
        </Announcer>
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
  return error === null ? <Meta /> : <title>{pageTitle(errorWords(errorStatus(error), messageOf(error)).title)}</title>;
}

function messageOf(error: unknown): string | null {
  return isRouteErrorResponse(error) ? problemMessage(error.data) : null;
}

export default function Root() {
  return <Outlet />;
}

export function ErrorBoundary() {
  const error = useRouteError();
  return <ErrorPage status={errorStatus(error)} message={messageOf(error)} />;
}
