import { afterAll, beforeAll, beforeEach } from "vitest";
import { startRedis, type RedisServer } from "./redis-server";

/** A Redis server of this file's own: started before its tests, emptied before each, stopped after them. Use it inside tests only. */
export function redisForTests(): RedisServer {
  let started: RedisServer | null = null;
  const server = (): RedisServer => {
    if (started === null) throw new Error("redis-server runs during tests only");
    return started;
  };
  beforeAll(async () => {
    started = await startRedis();
  });
  afterAll(() => started?.stop());
  beforeEach(async () => {
    await server().command("FLUSHALL");
  });
  return {
    get url() {
      return server().url;
    },
    get port() {
      return server().port;
    },
    command: (...words) => server().command(...words),
    kill: () => server().kill(),
    start: () => server().start(),
    stop: () => server().stop(),
  };
}
