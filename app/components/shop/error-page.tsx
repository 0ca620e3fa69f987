import { isRouteErrorResponse, Link, useLocation } from "@remix-run/react";
import { labels, shop } from "~/components/texts";
import { errorWords, OFFLINE } from "./error-words";

/** The HTTP status that an error of a route stands for. */
export function errorStatus(error: unknown): number {
  if (isRouteErrorResponse(error)) return error.status;
  const isInBrowser = typeof document !== "undefined";
  return isInBrowser && !navigator.onLine ? OFFLINE : 500;
}

/** A failure in words, with a way on. `message`: what the server has to say to a person about it. */
export function ErrorPage({ status, message }: { status: number; message: string | null }) {
  const { pathname, search } = useLocation();
  const { title, text } = errorWords(status, message);
  const mayPass = status >= 500 || status === OFFLINE;
  return (
    <section className="notice-page">
      <h1>{title}</h1>
      <p>{text}</p>
      <ul className="ways-on">
        {mayPass && (
          <li>
            <Link to={pathname + search} reloadDocument>
              {labels.tryAgain}
            </Link>
          </li>
        )}
        <li>
          <Link to="/" reloadDocument={mayPass}>
            {shop.toProducts}
          </Link>
        </li>
        <li>
          <Link to="/cart" reloadDocument={mayPass}>
            {shop.toCart}
          </Link>
        </li>
      </ul>
    </section>
  );
}
