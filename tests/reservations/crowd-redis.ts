import type { ReservationStore } from "~/reservations/reservation-store";
import type { RedisServer } from "../redis-server";
import { connect } from "./redis-fixture";
import type { VirtualTime } from "./virtual-time";

export interface SharedRedis {
  /** Deletes everything, and returns a function that opens a store on the crowd's clock. */
  emptied(): Promise<(time: VirtualTime) => ReservationStore>;
  close(): void;
}

export async function onRedis(server: RedisServer): Promise<SharedRedis> {
  const clock: { time: VirtualTime | null; base: number } = { time: null, base: 0 };
  const offset = {
    get ms() {
      return clock.base + (clock.time?.now() ?? 0);
    },
  };
  const app = connect(server.url, { offset });
  return {
    async emptied() {
      await server.command("FLUSHALL");
      await app.rebuild();
      return (time) => {
        clock.time = time;
        return app.store;
      };
    },
    close: () => app.redis.close(),
  };
}
