import { api } from "~/api/resource-route.server";
import { container } from "~/boot/container.server";

const route = api({
  GET: async () => {
    const rules = [
      "User-agent: *",
      "Disallow: /cart",
      "Disallow: /checkout",
      "Disallow: /orders/",
      "Disallow: /admin",
      "Disallow: /api/",
    ];
    const text = [...rules, "", `Sitemap: ${container.originRule.publicUrl}/sitemap.xml`, ""].join("\n");
    return new Response(text, {
      headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "public, max-age=3600" },
    });
  },
});

export { route as loader, route as action };
