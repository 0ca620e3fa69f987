import type { ShouldRevalidateFunction } from "@remix-run/react";

/** For pages that change the cart in place. A refused change needs no revalidation, and an unreachable server would replace the page with an error. */
export const unlessRefused: ShouldRevalidateFunction = ({ actionResult, defaultShouldRevalidate }) => {
  const result: unknown = actionResult;
  const isRefused =
    typeof result === "object" && result !== null && "outcome" in result && result.outcome === "refused";
  return !isRefused && defaultShouldRevalidate;
};
