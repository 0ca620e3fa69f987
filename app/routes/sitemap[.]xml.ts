import { api } from "~/api/resource-route.server";
import { container } from "~/boot/container.server";
import { createSitemap } from "~/cart/sitemap.server";
import { Problem } from "~/http/problem.server";

const sitemap = createSitemap({ offers: container.offers, siteUrl: container.originRule.publicUrl, now: Date.now });

const route = api({
  GET: async (request) => {
    const page = new URL(request.url).searchParams.get("page");
    const xml = await sitemap.read(page === null ? null : /^\d{1,4}$/.test(page) ? Number(page) : 0);
    if (xml === null) throw new Problem(404, "not_found", "The sitemap has no such page.");
    return new Response(xml, {
      headers: { "Content-Type": "application/xml; charset=utf-8", "Cache-Control": "public, max-age=3600" },
    });
  },
});

export { route as loader, route as action };
