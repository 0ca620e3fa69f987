/** Texts for a form that arrived without the cart cookie. */
export const lostCookieTexts = {
  onceMore: (name: string) => `We couldn't add ${name} on the first try. Please add it once more.`,
  again: "That didn't reach your cart. Please try once more.",
  /** For responses that cannot tell whether the browser returns the cookie. */
  onceMoreHere: "Please try once more. If you see this again, your browser blocks cookies, which your cart needs.",
  blocked:
    "This browser blocks cookies. Your cart needs one: please allow cookies for this shop, then add your items again.",
};
