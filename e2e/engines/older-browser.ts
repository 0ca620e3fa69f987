import type { BrowserContext } from "@playwright/test";
import type { MissingApis } from "../../.eslint/missing-apis.js";

/** Deletes from the pages of a context what the oldest supported browsers lack, by MDN's data. */
export async function makeOlder(context: BrowserContext): Promise<void> {
  // Read only here: the data is large.
  const { missingApis } = await import("../../.eslint/missing-apis.js");
  await context.addInitScript(deleteApis, missingApis());
}

/** Runs in the page. */
function deleteApis({ globals, members }: MissingApis): void {
  const page = window as unknown as Record<string, Record<string, unknown> & { prototype?: Record<string, unknown> }>;
  for (const { owner, name } of members) {
    if (owner === "Window") delete page[name];
    delete page[owner]?.[name];
    delete page[owner]?.prototype?.[name];
  }
  for (const name of globals) delete page[name];
}
