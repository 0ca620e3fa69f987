// @ts-check
/** The oldest browsers that the pages' scripts are built for, and checked against by `browser-support.js`. */
export const BROWSER_TARGETS = /** @type {const} */ ({ chrome: 107, edge: 107, firefox: 104, safari: 16 });
