import { isRouteErrorResponse, Link, useLocation } from "@remix-run/react";
import type { PageProblem } from "~/http/problem-codes";
import { site } from "~/words/site";
import { t } from "~/words/words";
import { errorText, OFFLINE } from "./error-text";

/** Maps a route error to an HTTP status, or to `OFFLINE`. */
export function errorStatus(error: unknown): number {
  if (isRouteErrorResponse(error)) return error.status;
  const isInBrowser = typeof document !== "undefined";
  return isInBrowser && !navigator.onLine ? OFFLINE : 500;
}

/** An error page with links to continue. `problem`: what the server said besides the status, if anything. */
export function ErrorPage({ status, problem }: { status: number; problem: PageProblem | null }) {
  const { pathname, search } = useLocation();
  const { title, text } = errorText(status, problem);
  const isTemporary = status >= 500 || status === OFFLINE;
  return (
    <section className="notice-page" lang={site().locale}>
      <h1>{title}</h1>
      <p>{text}</p>
      <ul className="next-links">
        {isTemporary && (
          <li>
            <Link to={pathname + search} reloadDocument>
              {t("nav.tryAgain")}
            </Link>
          </li>
        )}
        <li>
          <Link to="/" reloadDocument={isTemporary}>
            {t("nav.allProducts")}
          </Link>
        </li>
        <li>
          <Link to="/cart" reloadDocument={isTemporary}>
            {t("nav.viewCart")}
          </Link>
        </li>
      </ul>
    </section>
  );
}
