import { afterAll, beforeAll } from "vitest";
import { freePorts } from "../programs";
import { startRedis, type RedisServer } from "../redis-server";
import { describeReservationStore } from "./describe-reservation-store";
import { connect } from "./redis-fixture";

let server: RedisServer;
let cluster: RedisServer;
beforeAll(async () => {
  server = await startRedis();
  // By default the cluster port is 10,000 above the first, which is in the range of outgoing connections.
  const [bus] = await freePorts(1);
  cluster = await startRedis(["--cluster-enabled", "yes", "--cluster-port", String(bus)]);
  await cluster.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
});
afterAll(async () => {
  await server.stop();
  await cluster.stop();
});

const openOn = (which: () => RedisServer) => async () => {
  await which().command("FLUSHALL");
  const offset = { ms: 0 };
  const app = connect(which().url, { offset });
  await app.rebuild();
  return {
    store: app.store,
    advance: async (milliseconds: number) => {
      offset.ms += milliseconds;
    },
    close: async () => app.redis.close(),
  };
};

describeReservationStore(
  "the Redis store",
  openOn(() => server),
);

// In cluster mode Redis refuses commands and scripts that access keys of two slots.
describeReservationStore(
  "the Redis store on a cluster node",
  openOn(() => cluster),
);
