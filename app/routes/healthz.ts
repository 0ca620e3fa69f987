import { api } from "~/api/resource-route.server";
import { json } from "~/http/problem.server";

/** The process is alive; nothing else is asked. */
const answer = api({ GET: async () => json({ status: "ok" }) });

export { answer as loader, answer as action };
