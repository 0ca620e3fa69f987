export interface ErrorWords {
  readonly title: string;
  readonly text: string;
}

/** Stands in for the HTTP status while the browser is offline and gets no response. */
export const OFFLINE = 0;

/** Text of an error page by HTTP status. `message`: the server's explanation for the shopper, if any. */
export function errorWords(status: number, message: string | null): ErrorWords {
  switch (status) {
    case OFFLINE:
      return {
        title: "The shop cannot be reached from here",
        text: "Your connection seems to be gone. Your cart is kept; please try again when it is back.",
      };
    case 404:
      return {
        title: "This page does not exist",
        text: message ?? "It may have been moved, or the address may have been mistyped.",
      };
    case 405:
      return { title: "That is not possible here", text: "The page was asked for something that it does not do." };
    case 503:
      if (message !== null) return { title: "This is not possible right now", text: message };
      return {
        title: "The shop cannot reach its stock right now",
        text: "Nothing is lost: your cart is kept, and nothing was sold or charged. Please try again in a moment.",
      };
    case 500:
      return {
        title: "Something went wrong on our side",
        text: "It has been noted. Your cart is kept, and nothing was charged by this page.",
      };
    default:
      return {
        title: "This request was refused",
        text: message ?? "The shop could not make sense of it. Nothing was changed.",
      };
  }
}
