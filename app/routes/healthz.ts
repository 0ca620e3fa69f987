import { api } from "~/api/resource-route.server";
import { json } from "~/http/problem.server";

/** Reports that the process is alive, without checking anything else. */
const route = api({ GET: async () => json({ status: "ok" }) });

export { route as loader, route as action };
