import { Link, useLocation } from "@remix-run/react";
import { useState, type KeyboardEvent, type MouseEvent } from "react";
import { useHydrated } from "~/components/visitor-clock";
import { t } from "~/words/words";
import { CartPanel } from "./cart-panel";
import { useCart } from "./cart-state";

const CART_PAGES = new Set(["/cart", "/checkout"]);

/** A link to the cart. With scripts it opens the cart as a panel over the page; it can still be opened in a new tab. */
export function CartLink() {
  const [isOpen, setIsOpen] = useState(false);
  const { pathname } = useLocation();
  const opensPanel = useHydrated() && !CART_PAGES.has(pathname);
  const count = useCart().view?.units ?? 0;
  const [initialCount] = useState(count);

  function open(event: MouseEvent | KeyboardEvent): void {
    event.preventDefault();
    setIsOpen(true);
  }
  const asButton = {
    role: "button",
    "aria-haspopup": "dialog",
    "aria-expanded": isOpen,
    onClick: (event: MouseEvent) => {
      if (event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) open(event);
    },
    // Space activates buttons, but not links.
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === " ") open(event);
    },
  } as const;

  return (
    <>
      <Link
        to="/cart"
        className="cart-link"
        aria-label={count > 0 ? t("nav.cartCountLabel", { count }) : undefined}
        {...(opensPanel ? asButton : {})}
      >
        <span key={count} className={count === initialCount ? undefined : "changed"}>
          {count > 0 ? t("nav.cartCount", { count }) : t("nav.cart")}
        </span>
      </Link>
      {isOpen && <CartPanel onClose={() => setIsOpen(false)} />}
    </>
  );
}
