import { productAddresses } from "~/cart/list-products.server";
import { container } from "~/container.server";
import { api } from "~/http/api.server";

const answer = api({
  GET: async () => {
    const { publicUrl } = container.originRule;
    const urls = [`${publicUrl}/`, ...(await productAddresses(container.catalog)).map((path) => publicUrl + path)];
    const entries = urls.map((url) => `<url><loc>${url.replaceAll("&", "&amp;")}</loc></url>`).join("\n");
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${entries}\n</urlset>\n`;
    return new Response(xml, { headers: { "Content-Type": "application/xml; charset=utf-8", "Cache-Control": "public, max-age=3600" } });
  },
});

export { answer as loader, answer as action };
