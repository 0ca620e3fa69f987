import { Form, Link, useNavigation } from "@remix-run/react";
import { labels, shop } from "~/components/texts";
import { CartLink } from "./cart-link";

export function SiteHeader({ unitsInCart }: { unitsInCart: number | null }) {
  const isNavigating = useNavigation().state !== "idle";
  return (
    <header className="site-header">
      {isNavigating && <span className="navigating" aria-hidden="true" />}
      <Link to="/" className="shop-name">
        <img src="/favicon.svg" alt="" width={32} height={32} />
        {shop.name}
      </Link>
      <Form action="/" role="search" className="search">
        <label htmlFor="search" className="visually-hidden">
          {labels.searchFor}
        </label>
        <input id="search" type="search" name="q" maxLength={100} placeholder={labels.searchFor} />
        <button type="submit" className="button quiet">
          {labels.search}
        </button>
      </Form>
      <nav aria-label={labels.cart}>
        <CartLink unitsInCart={unitsInCart} />
      </nav>
    </header>
  );
}
