/**
 * Writes into each form that changes the cart when it was sent, so that of two that are under way the later click wins, whichever
 * arrives last. Without JavaScript forms come without it.
 */
export function tellClickTimes(): void {
  document.addEventListener("formdata", ({ target, formData }) => {
    if (
      target instanceof HTMLFormElement &&
      target.method === "post" &&
      /^\/cart(\/panel)?$/.test(new URL(target.action).pathname)
    ) {
      formData.set("clicked_at", String(Date.now()));
    }
  });
}
