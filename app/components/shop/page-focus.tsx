import { useLocation, useNavigation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { useSay } from "./announcer";
import { focusStartOf, keepFocus } from "./kept-focus";

/**
 * What a browser does for a new document, where scripts change the page instead: the focus moves to its start, or to the part that
 * the address names, and its title is said. Not after a form that leads back to its own page, nor when the same page is read anew. Scrolling is left alone.
 */
export function PageFocus() {
  const { pathname, search, hash } = useLocation();
  const { state, formMethod } = useNavigation();
  const say = useSay();
  const shown = useRef({ pathname, search });
  const isPost = useRef(false);

  useEffect(keepFocus, []);
  useEffect(() => {
    if (state !== "idle") isPost.current = formMethod !== undefined && formMethod !== "GET";
  }, [state, formMethod]);
  useEffect(() => {
    const before = shown.current;
    shown.current = { pathname, search };
    const isSamePage = before.pathname === pathname && (before.search === search || isPost.current);
    isPost.current = false;
    if (isSamePage) return;
    say(document.title);
    const start = document.getElementById(hash.slice(1)) ?? document.querySelector("main");
    if (start !== null) focusStartOf(start);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per page, not when only the hash changes
  }, [pathname, search]);
  return null;
}
