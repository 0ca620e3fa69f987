import type { Shop } from "~/boot/assemble-shop.server";
import { parseEnvironment } from "~/env.server";

/**
 * Lets routes run over the shop of a test. The container is kept on `globalThis` across hot reloads, so what stands there
 * before the first route is imported is what every route gets. Import routes dynamically, after this module. Their words are the sandbox's.
 */
let installed: Partial<Shop> = { env: parseEnvironment({}) };

const container = new Proxy({} as Shop, {
  get(_, name) {
    // Promises ask for it.
    if (name === "then") return undefined;
    if (!(name in installed)) throw new Error(`the installed shop has no ${String(name)}`);
    return Reflect.get(installed, name) as unknown;
  },
});
globalThis.holdfast = Promise.resolve(container);

/** From now on routes serve this shop. */
export function install(shop: Partial<Shop>): void {
  installed = shop;
}
