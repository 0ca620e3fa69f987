import { createHash } from "node:crypto";
import { container } from "~/boot/container.server";
import type { IconFile, IconName } from "~/look/icons.server";
import { manifestOf } from "~/look/manifest.server";
import { site } from "~/words/site";
import { api } from "./resource-route.server";

/** Icons keep their addresses when the shop's name or colours change. */
const AN_HOUR = "public, max-age=3600";

/** An icon of the shop, or the way to its logo. */
export function iconRoute(name: IconName) {
  return api({
    GET: async (request) => {
      const { logoUrl } = site();
      if (logoUrl !== null)
        return new Response(null, { status: 302, headers: { Location: logoUrl, "Cache-Control": AN_HOUR } });
      return fileResponse(request, await container.icons(name));
    },
  });
}

export function manifestRoute() {
  return api({
    GET: async (request) => {
      const { themeColors, ...shop } = site();
      const manifest = manifestOf({ ...shop, themeColor: themeColors.light });
      return fileResponse(request, { type: "application/manifest+json", body: JSON.stringify(manifest) });
    },
  });
}

/** Without a body if the caller has the file already. */
function fileResponse(request: Request, { type, body }: IconFile): Response {
  const tag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
  const headers = { "Cache-Control": AN_HOUR, ETag: tag, "X-Content-Type-Options": "nosniff" };
  const isKnown = request.headers.get("If-None-Match")?.includes(tag) === true;
  if (isKnown) return new Response(null, { status: 304, headers });
  return new Response(body, { headers: { ...headers, "Content-Type": type } });
}
