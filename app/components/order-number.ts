/** The number that a shopper quotes, short enough to be read aloud. */
export function orderNumber(checkoutId: string): string {
  return [...checkoutId].slice(-8).join("").toUpperCase();
}
