import { siteOf } from "~/boot/site.server";
import { parseEnvironment } from "~/env.server";
import { setSite } from "~/words/site";

/** Makes this process speak as a shop with these variables does; by default as the sandbox. */
export function speakAs(variables: Readonly<Record<string, string>> = {}): void {
  setSite(siteOf(parseEnvironment(variables)));
}
