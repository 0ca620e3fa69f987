import { api } from "~/api/resource-route.server";
import { json } from "~/http/problem.server";
import { reads } from "../read-counter.server";

/** What the process has read of the database, and its memory after a collection. `most_at_once` since the last look. */
const answer = api({
  GET: async () => {
    globalThis.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    const figures = {
      reads: reads.begun,
      most_at_once: reads.mostAtOnce,
      heap_bytes: heapUsed + external,
      resident_bytes: rss,
    };
    reads.mostAtOnce = reads.underWay.size;
    return json(figures);
  },
});

export { answer as loader, answer as action };
