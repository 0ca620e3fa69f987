import { Link, useLocation } from "@remix-run/react";
import { errorWords, shop } from "./texts";

/** A failure in words, with a way on. `message`: what the server has to say to a person about it. */
export function ErrorPage({ status, message }: { status: number; message: string | null }) {
  const { pathname, search } = useLocation();
  const { title, text } = errorWords(status, message);
  return (
    <section className="notice-page">
      <h1>{title}</h1>
      <p>{text}</p>
      <ul className="ways-on">
        {status >= 500 && (
          <li>
            <Link to={pathname + search} reloadDocument>
              Try again
            </Link>
          </li>
        )}
        <li>
          <Link to="/" reloadDocument={status >= 500}>
            {shop.toProducts}
          </Link>
        </li>
        <li>
          <Link to="/cart" reloadDocument={status >= 500}>
            {shop.toCart}
          </Link>
        </li>
      </ul>
    </section>
  );
}
