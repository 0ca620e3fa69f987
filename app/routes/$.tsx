import { withErrorPage } from "~/api/page-problem.server";
import { Problem } from "~/http/problem.server";

/** Catches all unknown URLs, so that their error page has the shop's layout. */
export function loader() {
  return withErrorPage((): Promise<never> => {
    throw new Problem(404, "not_found", "It may have been moved, or the address may have been mistyped.");
  });
}

export const action = loader;

// Without a component, this would be a resource route, and its response not a page.
export default function NotFound() {
  return null;
}
