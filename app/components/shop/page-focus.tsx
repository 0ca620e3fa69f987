import { useLocation, useNavigation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { useAnnounce } from "./announcer";
import { focusStartOf, recoverLostFocus } from "./lost-focus";
import { pageTitleInTab } from "./tab-title";

/**
 * Does for client-side navigation what a browser does for a new document: moves the focus to the start of the page, or to the element
 * named in the hash, and announces the title. Does nothing after a form that returns to its own page, or when the page revalidates.
 * Never scrolls.
 */
export function PageFocus() {
  const { pathname, search, hash } = useLocation();
  const { state, formMethod } = useNavigation();
  const announce = useAnnounce();
  const previous = useRef({ pathname, search });
  const isPost = useRef(false);

  useEffect(recoverLostFocus, []);
  useEffect(() => {
    if (state !== "idle") isPost.current = formMethod !== undefined && formMethod !== "GET";
  }, [state, formMethod]);
  useEffect(() => {
    const before = previous.current;
    previous.current = { pathname, search };
    const isSamePage = before.pathname === pathname && (before.search === search || isPost.current);
    isPost.current = false;
    if (isSamePage) return;
    announce(pageTitleInTab());
    // Choosing an order sorts the list at once, so the arrow keys must be able to go on to the next order.
    if (document.activeElement instanceof HTMLSelectElement) return;
    const start = document.getElementById(hash.slice(1)) ?? document.querySelector("main");
    if (start !== null) focusStartOf(start);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per page, not when only the hash changes
  }, [pathname, search]);
  return null;
}
