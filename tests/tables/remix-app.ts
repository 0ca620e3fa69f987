/** The shop's own Remix app, served from its sources in this process: routes, pages and forms as they are built for production. */
import { createRequestHandler, type EntryContext, type ServerBuild } from "@remix-run/node";
import type { Shop } from "~/boot/assemble-shop.server";
import { install } from "../boot/installed-shop";

type ServerRoute = NonNullable<ServerBuild["routes"][string]>;

/** The app of this shop. Modules read the shop when they are imported: another shop needs all of them, this one included, anew. */
export async function createApp(shop: Shop): Promise<(request: Request) => Promise<Response>> {
  install(shop);
  const modules = import.meta.glob<ServerRoute["module"]>("/app/routes/*.{ts,tsx}");
  const [root, entry, ...pages] = await Promise.all([
    import("~/root"),
    import("~/entry.server"),
    ...Object.entries(modules).map(async ([file, load]) => routeOf(file, await load())),
  ]);
  const routes = [{ id: "root", path: "", module: root as unknown as ServerRoute["module"] }, ...pages];
  const build: ServerBuild = {
    mode: "production",
    entry: { module: entry },
    routes: Object.fromEntries(routes.map((route) => [route.id, route])),
    assets: {
      version: "test",
      url: "/assets/manifest.js",
      entry: { module: "/assets/entry.js", imports: [] },
      routes: Object.fromEntries(routes.map((route) => [route.id, assetsOf(route)])),
    },
    publicPath: "/",
    assetsBuildDirectory: "build/client",
    future: {
      v3_fetcherPersist: true,
      v3_lazyRouteDiscovery: false,
      v3_relativeSplatPath: true,
      v3_singleFetch: true,
      v3_throwAbortReason: true,
    },
    isSpaMode: false,
  };
  return createRequestHandler(build, "production");
}

/** As in Remix's flat routes: `products.$productId.tsx` serves `/products/:productId`; brackets escape, a trailing `_` is not in the path. */
function routeOf(file: string, module: ServerRoute["module"]): ServerRoute {
  const name = file.replace(/^.*\//, "").replace(/\.tsx?$/, "");
  const segments = name.match(/(\[[^\]]*\]|[^.[])+/g) ?? [];
  const path = segments
    .map((segment) => (segment === "$" ? "*" : segment.replace(/^\$/, ":").replace(/_$/, "").replace(/[[\]]/g, "")))
    .join("/");
  return { id: `routes/${name}`, parentId: "root", module, ...(name === "_index" ? { index: true } : { path }) };
}

function assetsOf({ module, ...route }: ServerRoute): EntryContext["manifest"]["routes"][string] {
  return {
    ...route,
    module: `/assets/${route.id}.js`,
    imports: [],
    hasAction: "action" in module,
    hasLoader: "loader" in module,
    hasClientAction: false,
    hasClientLoader: false,
    hasErrorBoundary: "ErrorBoundary" in module,
  };
}
