import { createClient } from "redis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSecretAgreement, type SecretAgreement } from "~/http/secret-agreement.server";
import { startRedis, type RedisServer } from "../redis-server";

const [A, B, C] = ["a".repeat(32), "b".repeat(32), "c".repeat(32)] as const;
const silent = { warn: () => undefined };

let redis: RedisServer;
let tests = 0;
let key = "";
const open: SecretAgreement[] = [];

beforeAll(async () => {
  redis = await startRedis();
});

beforeEach(() => {
  key = `{holdfast:test}:secrets-${(tests += 1)}`;
});

afterAll(async () => {
  for (const server of open) server.close();
  await redis.stop();
});

function server(...secrets: string[]): SecretAgreement {
  const created = createSecretAgreement({ secrets, key, url: redis.url, log: silent });
  open.push(created);
  return created;
}

/** Number of warnings of each server once all of them have checked twice. */
async function warningCounts(...servers: SecretAgreement[]): Promise<number[]> {
  for (const one of servers) await one.warnings();
  const counts: number[] = [];
  for (const one of servers) counts.push((await one.warnings()).length);
  return counts;
}

describe("servers with session secrets", () => {
  it("that are the same do not warn", async () => {
    expect(await warningCounts(server(A), server(A))).toEqual([0, 0]);
  });

  it("that differ all warn", async () => {
    expect(await warningCounts(server(A), server(A), server(B))).toEqual([1, 1, 1]);
  });

  it.each([
    ["the new secret is added last", [A], [A, B], [0, 0]],
    ["it becomes the first", [A, B], [B, A], [0, 0]],
    ["the old one is removed", [B, A], [B], [0, 0]],
    ["the new one is first at once, so the other server cannot read it", [A], [B, A], [1, 1]],
    ["the first secret of a list is on no other server", [A, C], [B, C], [1, 1]],
  ])("agree or not during a rotation: %s", async (_, one, other, expected) => {
    expect(await warningCounts(server(...one), server(...other))).toEqual(expected);
  });

  it("forget a server that has not checked for a while", async () => {
    const [one, other] = [server(A), server(B)];
    expect(await warningCounts(one, other)).toEqual([1, 1]);
    const client = await createClient({ url: redis.url }).connect();
    const lists = await client.zRange(key, 0, -1);
    await client.zAdd(
      key,
      lists.map((value) => ({ value, score: 1 })),
    );
    expect(await client.ttl(key)).toBeGreaterThan(0);
    client.destroy();
    expect(await one.warnings()).toEqual([]);
  });

  it("send no secret to Redis", async () => {
    await server(A, B).warnings();
    const client = await createClient({ url: redis.url }).connect();
    const stored = (await client.zRange(key, 0, -1)).join();
    client.destroy();
    expect(stored).not.toContain(A);
    expect(stored).not.toContain(B);
    expect(stored.length).toBe(33);
  });
});
