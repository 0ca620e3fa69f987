import { Link, useLocation } from "@remix-run/react";
import { useState, type KeyboardEvent, type MouseEvent } from "react";
import { labels, units } from "~/components/texts";
import { useHydrated } from "~/components/visitor-clock";
import { useCartNews } from "./cart-news";
import { CartPanel } from "./cart-panel";
import { usePendingUnits } from "./pending";

const CART_PAGES = new Set(["/cart", "/checkout"]);

interface CartLinkProps {
  /** Null where it is not known, as on the page of a failure. */
  readonly unitsInCart: number | null;
}

/** The way to the cart: a link, which scripts make open the cart as a panel over the page. It still opens in a new tab as links do. */
export function CartLink({ unitsInCart }: CartLinkProps) {
  const [isOpen, setIsOpen] = useState(false);
  const { pathname } = useLocation();
  const opensPanel = useHydrated() && !CART_PAGES.has(pathname);
  const pendingUnits = usePendingUnits();
  const [unitsAtFirst] = useState(unitsInCart);
  useCartNews(unitsInCart);

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
    // Buttons do, links do not.
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === " ") open(event);
    },
  } as const;

  return (
    <>
      <Link to="/cart" className="cart-link" {...(opensPanel ? asButton : {})}>
        {labels.cart}{" "}
        {unitsInCart !== null && (
          <span key={unitsInCart} className={unitsInCart === unitsAtFirst ? "count" : "count changed"}>
            {units(unitsInCart + pendingUnits)}
          </span>
        )}
      </Link>
      {isOpen && <CartPanel onClose={() => setIsOpen(false)} />}
    </>
  );
}
