import { inWords } from "~/api/page-problem.server";
import { Problem } from "~/http/problem.server";

/** Every address that no other route knows, so that its error page has the shop around it. */
export function loader() {
  return inWords((): Promise<never> => {
    throw new Problem(404, "not_found", "It may have been moved, or the address may have been mistyped.");
  });
}

export const action = loader;

// Without a component it would be a resource route, and its answer not a page.
export default function NotFound() {
  return null;
}
