import { api } from "~/api/resource-route.server";
import { container } from "~/boot/container.server";
import { json } from "~/http/problem.server";

/**
 * 503 until holds are rebuilt once. From then on 200, `degraded` where a service outside did not answer when it was last
 * asked, so that a blip does not drain every server. `payments` tells a shop that takes money from one that only plays.
 */
const answer = api({
  GET: async () => {
    const dependencies: Record<string, string> = { ...container.dependencies.read(), holds: container.holds.state };
    const tableFaults = container.tableFaults();
    const warnings = container.warnings();
    const isDegraded = tableFaults.length > 0 || Object.values(dependencies).includes("failing");
    const status = !container.checkout.ready ? "rebuilding" : isDegraded ? "degraded" : "ready";
    return json(
      {
        status,
        payments: container.sandbox !== null ? "sandbox" : container.live ? "live" : "test",
        dependencies,
        table_faults: tableFaults,
        warnings,
      },
      container.checkout.ready ? {} : { status: 503, headers: { "Retry-After": "2" } },
    );
  },
});

export { answer as loader, answer as action };
