import { siteOf } from "~/boot/site.server";
import { parseEnvironment } from "~/env.server";
import { setSite } from "~/words/site";

/** Sets language and identity of this process to those of a shop with these variables; by default the sandbox. */
export function setSiteOf(variables: Readonly<Record<string, string>> = {}): void {
  setSite(siteOf(parseEnvironment(variables)));
}
