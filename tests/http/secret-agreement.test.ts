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

/** What each of these servers says once all of them have looked twice. */
async function warned(...servers: SecretAgreement[]): Promise<number[]> {
  for (const one of servers) await one.warnings();
  const counts: number[] = [];
  for (const one of servers) counts.push((await one.warnings()).length);
  return counts;
}

describe("servers with session secrets", () => {
  it("that are the same have nothing to say", async () => {
    expect(await warned(server(A), server(A))).toEqual([0, 0]);
  });

  it("that differ all say so", async () => {
    expect(await warned(server(A), server(A), server(B))).toEqual([1, 1, 1]);
  });

  it.each([
    ["the new one is added last", [A], [A, B], [0, 0]],
    ["it becomes the first", [A, B], [B, A], [0, 0]],
    ["the old one goes", [B, A], [B], [0, 0]],
    ["the new one is first at once, which the other cannot read", [A], [B, A], [1, 1]],
    ["one list has a secret of no other server, first", [A, C], [B, C], [1, 1]],
  ])("agree, or not, while they rotate: %s", async (_, one, other, expected) => {
    expect(await warned(server(...one), server(...other))).toEqual(expected);
  });

  it("forget a server that has not looked for a while", async () => {
    const [one, other] = [server(A), server(B)];
    expect(await warned(one, other)).toEqual([1, 1]);
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

  it("tell no secret to Redis", async () => {
    await server(A, B).warnings();
    const client = await createClient({ url: redis.url }).connect();
    const told = (await client.zRange(key, 0, -1)).join();
    client.destroy();
    expect(told).not.toContain(A);
    expect(told).not.toContain(B);
    expect(told.length).toBe(33);
  });
});
