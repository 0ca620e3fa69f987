import { Link, useNavigation } from "@remix-run/react";
import { site } from "~/words/site";
import { t } from "~/words/words";
import { CartLink } from "./cart-link";
import { HoldClock } from "./hold-clock";
import { SiteSearch } from "./site-search";

export function SiteHeader() {
  const isNavigating = useNavigation().state !== "idle";
  return (
    <header className="site-header">
      {isNavigating && <span className="navigating" aria-hidden="true" />}
      <Link to="/" className="shop-name">
        <ShopMark />
        {site().name}
      </Link>
      <SiteSearch />
      <nav aria-label={t("nav.cart")}>
        <CartLink />
        <HoldClock />
      </nav>
    </header>
  );
}

/** The shop's logo or, without one, its icon. The name beside it says what it shows, also if it does not load. */
function ShopMark() {
  const { logoUrl } = site();
  if (logoUrl !== null) return <img className="logo" src={logoUrl} alt="" />;
  return <img src="/favicon.svg" alt="" width={32} height={32} />;
}
