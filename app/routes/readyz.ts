import { api } from "~/api/resource-route.server";
import { container } from "~/boot/container.server";
import { json } from "~/http/problem.server";

/**
 * 503 until holds have been rebuilt once. Then always 200, with `degraded` if an external service failed at its last call, so that a short
 * outage does not take every server out of rotation. `payments` distinguishes a live shop from a test or sandbox one.
 */
const route = api({
  GET: async () => {
    const dependencies: Record<string, string> = { ...container.dependencies.read(), holds: container.holds.state };
    const tableProblems = container.tableProblems();
    const warnings = container.warnings();
    const isDegraded = tableProblems.length > 0 || Object.values(dependencies).includes("failing");
    const status = !container.checkout.ready ? "rebuilding" : isDegraded ? "degraded" : "ready";
    return json(
      {
        status,
        payments: container.sandbox !== null ? "sandbox" : container.live ? "live" : "test",
        dependencies,
        table_faults: tableProblems,
        warnings,
      },
      container.checkout.ready ? {} : { status: 503, headers: { "Retry-After": "2" } },
    );
  },
});

export { route as loader, route as action };
