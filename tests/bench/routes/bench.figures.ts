import { api } from "~/api/resource-route.server";
import { json } from "~/http/problem.server";
import { reads } from "../read-counter.server";

/** Database reads of the process, and its memory after a garbage collection. `most_at_once`: since the last request. */
const handler = api({
  GET: async () => {
    globalThis.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    const figures = {
      reads: reads.started,
      most_at_once: reads.mostAtOnce,
      heap_bytes: heapUsed + external,
      resident_bytes: rss,
    };
    reads.mostAtOnce = reads.inFlight.size;
    return json(figures);
  },
});

export { handler as loader, handler as action };
