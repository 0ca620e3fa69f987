// @ts-check
import { createRequire } from "node:module";
import { BROWSER_TARGETS } from "./browser-targets.js";

/** @type {import("@mdn/browser-compat-data").CompatData} */
const { api, javascript } = createRequire(import.meta.url)("@mdn/browser-compat-data");

/**
 * The supported browsers whose oldest version lacks something.
 * @param {import("@mdn/browser-compat-data").CompatStatement} entry
 */
export function missingIn({ support }) {
  return Object.entries(BROWSER_TARGETS).flatMap(([browser, oldest]) => {
    const statements = [support[/** @type {keyof typeof BROWSER_TARGETS} */ (browser)] ?? []].flat();
    const has = statements.some(
      ({ version_added: added, version_removed: removed, flags, prefix, alternative_name: other }) => {
        const since = added === "preview" || !added ? Infinity : parseFloat(added.replace("≤", ""));
        return since <= oldest && !removed && !flags && !prefix && !other;
      },
    );
    return statements.length === 0 || has ? [] : [`${browser} ${oldest}`];
  });
}

/** All of the language and the DOM that a supported browser lacks: globals, and members of others. Events are left out. */
export function missingApis() {
  const owners = Object.entries({ ...api, ...javascript.builtins });
  return {
    globals: owners.filter(([, entry]) => isMissing(entry)).map(([name]) => name),
    members: owners
      .filter(([, entry]) => !isMissing(entry))
      .flatMap(([owner, { __compat, ...members }]) =>
        Object.entries(members)
          .filter(([name, entry]) => isMissing(entry) && !name.endsWith("_event"))
          .map(([name]) => ({ owner, name: name.replace(/_static$/, "") })),
      ),
  };
}

/** @param {import("@mdn/browser-compat-data").Identifier} entry */
function isMissing({ __compat }) {
  return __compat !== undefined && missingIn(__compat).length > 0;
}
