// @ts-check
/**
 * The oldest supported browsers: the build's targets, also checked by `browser-support.js`. Remix's own scripts need TextEncoderStream,
 * which came with Firefox 113.
 */
export const BROWSER_TARGETS = /** @type {const} */ ({ chrome: 107, edge: 107, firefox: 113, safari: 16 });
