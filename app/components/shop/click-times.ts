/**
 * Adds the time of submission to every form that changes the cart, so that of two concurrent requests the later click wins, whichever
 * arrives last. Forms lack it without JavaScript.
 */
export function recordClickTimes(): void {
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
