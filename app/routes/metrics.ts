import { api } from "~/api/resource-route.server";
import { container } from "~/boot/container.server";

/** Prometheus text. */
const answer = api({
  GET: async () => {
    const { registry } = container.metrics;
    return new Response(await registry.metrics(), {
      headers: { "Content-Type": registry.contentType, "Cache-Control": "no-store" },
    });
  },
});

export { answer as loader, answer as action };
