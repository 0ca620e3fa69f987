import { api } from "~/api/resource-route.server";
import { container } from "~/boot/container.server";

/** Metrics in Prometheus text format. */
const route = api({
  GET: async () => {
    const { registry } = container.metrics;
    return new Response(await registry.metrics(), {
      headers: { "Content-Type": registry.contentType, "Cache-Control": "no-store" },
    });
  },
});

export { route as loader, route as action };
