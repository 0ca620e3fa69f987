const PLACES = "li, article, section, dialog, main";
const FOCUSABLE = "a[href], button, input, [tabindex]";

/** Moves the focus to what begins this part of the page: its heading, the link in it, or the part itself. Does not scroll. */
export function focusStartOf(place: Element): void {
  const heading = place.matches("section[aria-label]") ? null : place.querySelector("h1, h2");
  const start = heading?.querySelector("a[href]") ?? heading ?? place;
  if (!start.matches(FOCUSABLE)) start.setAttribute("tabindex", "-1");
  if (start instanceof HTMLElement) start.focus({ preventScroll: true });
}

/**
 * Whoever had the focus on something that has gone finds it at the nearest part of the page that is still there, instead of at the
 * top of the document. Returns the way to stop.
 */
export function keepFocus(): () => void {
  /** What has the focus, and all that it lies in, innermost first. */
  let path: readonly Element[] = [];

  const onFocus = (event: FocusEvent) => {
    path = event.composedPath().filter((target) => target instanceof Element);
  };
  const onBlur = () => {
    // Some browsers say so when the focused element is removed, too: what was left on purpose is still there.
    queueMicrotask(() => {
      if (path[0]?.isConnected === true && document.activeElement === document.body) path = [];
    });
  };
  const removals = new MutationObserver(() => {
    const [focused] = path;
    if (focused === undefined || focused.isConnected || document.activeElement !== document.body) return;
    const place = path.find((element) => element.isConnected && element.matches(PLACES));
    path = [];
    if (place !== undefined) focusStartOf(place);
  });

  document.addEventListener("focusin", onFocus);
  document.addEventListener("focusout", onBlur);
  removals.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("focusin", onFocus);
    document.removeEventListener("focusout", onBlur);
    removals.disconnect();
  };
}

/** A `ref` for what takes the place of something that had the focus. */
export function takeLostFocus(element: HTMLElement | null): void {
  if (document.activeElement === document.body) element?.focus({ preventScroll: true });
}
