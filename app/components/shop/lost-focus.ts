const REGIONS = "li, article, section, dialog, main";
const FOCUSABLE = "a[href], button, input, [tabindex]";

/** Focuses the start of a region: the link in its heading, its heading, or the region itself. Does not scroll. */
export function focusStartOf(region: Element): void {
  const heading = region.matches("section[aria-label]") ? null : region.querySelector("h1, h2");
  const start = heading?.querySelector("a[href]") ?? heading ?? region;
  if (!start.matches(FOCUSABLE)) start.setAttribute("tabindex", "-1");
  if (start instanceof HTMLElement) start.focus({ preventScroll: true });
}

/**
 * Moves the focus to the nearest remaining region when the focused element is removed, instead of losing it to the top of the
 * document. Returns a function that stops it.
 */
export function recoverLostFocus(): () => void {
  /** The focused element and its ancestors, innermost first. */
  let path: readonly Element[] = [];

  const onFocus = (event: FocusEvent) => {
    path = event.composedPath().filter((target) => target instanceof Element);
  };
  const onBlur = () => {
    // Some browsers also fire `focusout` when the focused element is removed. After a deliberate blur it is still connected.
    queueMicrotask(() => {
      if (path[0]?.isConnected === true && document.activeElement === document.body) path = [];
    });
  };
  const removals = new MutationObserver(() => {
    const [focused] = path;
    if (focused === undefined || focused.isConnected || document.activeElement !== document.body) return;
    const region = path.find((element) => element.isConnected && element.matches(REGIONS));
    path = [];
    if (region !== undefined) focusStartOf(region);
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

/** A `ref` callback for an element that replaces a focused one. */
export function takeLostFocus(element: HTMLElement | null): void {
  if (document.activeElement === document.body) element?.focus({ preventScroll: true });
}

/** The same for what replaces a focused button: focuses its last button. */
export function takeLostFocusInside(element: HTMLElement | null): void {
  takeLostFocus([...(element?.querySelectorAll<HTMLElement>("button") ?? [])].at(-1) ?? null);
}
