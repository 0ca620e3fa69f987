import { site } from "~/words/site";

export function pageTitle(...parts: readonly string[]): string {
  return [...parts, site().name].join(" · ");
}
