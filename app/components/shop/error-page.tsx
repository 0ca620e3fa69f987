import { isRouteErrorResponse, Link, useLocation } from "@remix-run/react";
import { labels, shop } from "~/components/texts";
import { errorWords, OFFLINE } from "./error-words";

/** Maps a route error to an HTTP status, or to `OFFLINE`. */
export function errorStatus(error: unknown): number {
  if (isRouteErrorResponse(error)) return error.status;
  const isInBrowser = typeof document !== "undefined";
  return isInBrowser && !navigator.onLine ? OFFLINE : 500;
}

/** An error page with links to continue. `message`: the server's explanation for the shopper, if any. */
export function ErrorPage({ status, message }: { status: number; message: string | null }) {
  const { pathname, search } = useLocation();
  const { title, text } = errorWords(status, message);
  const isTemporary = status >= 500 || status === OFFLINE;
  return (
    <section className="notice-page">
      <h1>{title}</h1>
      <p>{text}</p>
      <ul className="next-links">
        {isTemporary && (
          <li>
            <Link to={pathname + search} reloadDocument>
              {labels.tryAgain}
            </Link>
          </li>
        )}
        <li>
          <Link to="/" reloadDocument={isTemporary}>
            {shop.toProducts}
          </Link>
        </li>
        <li>
          <Link to="/cart" reloadDocument={isTemporary}>
            {shop.toCart}
          </Link>
        </li>
      </ul>
    </section>
  );
}
