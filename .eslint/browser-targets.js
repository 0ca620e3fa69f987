// @ts-check
/** The oldest supported browsers: the build's targets, also checked by `browser-support.js`. */
export const BROWSER_TARGETS = /** @type {const} */ ({ chrome: 107, edge: 107, firefox: 104, safari: 16 });
