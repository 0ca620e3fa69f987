import type { ShouldRevalidateFunction } from "@remix-run/react";

/** For every page that the cart is changed from in place: what was refused has changed nothing, and a page that cannot reach the shop is better kept than read anew. */
export const unlessRefused: ShouldRevalidateFunction = ({ actionResult, defaultShouldRevalidate }) => {
  const answer: unknown = actionResult;
  const isRefused =
    typeof answer === "object" && answer !== null && "outcome" in answer && answer.outcome === "refused";
  return !isRefused && defaultShouldRevalidate;
};
