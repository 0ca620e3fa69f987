import { createHash } from "node:crypto";
import { openApiDocument } from "~/api/openapi-document";
import { api } from "~/api/resource-route.server";
import { container } from "~/boot/container.server";
import { json } from "~/http/problem.server";

const document = openApiDocument({
  shopName: container.env.shopName,
  cookieName: container.carts.cookieName,
  publicUrl: container.originRule.publicUrl,
});
const etag = `"${createHash("sha256").update(JSON.stringify(document)).digest("base64url").slice(0, 22)}"`;

/** The API's OpenAPI document, which changes only with a release or the settings. */
const route = api({
  GET: async (request) => {
    const headers = { ETag: etag, "Cache-Control": "public, max-age=300" };
    const known =
      request.headers
        .get("If-None-Match")
        ?.split(",")
        .map((tag) => tag.trim().replace(/^W\//, "")) ?? [];
    return known.includes(etag) || known.includes("*")
      ? new Response(null, { status: 304, headers })
      : json(document, { headers });
  },
});

export { route as loader, route as action };
