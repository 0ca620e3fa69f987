import { describe, expect, it } from "vitest";
import { createClientGroups } from "~/limits/client-groups.server";

function open({ trustedProxyHops = 1, secret = "a".repeat(32) } = {}) {
  const clock = { now: 0 };
  const logged: string[] = [];
  const groups = createClientGroups({
    trustedProxyHops,
    secret,
    now: () => clock.now,
    log: { warn: (_facts, message) => void logged.push(message) },
  });
  const ask = (forwarded?: string) =>
    groups.of(new Headers(forwarded === undefined ? {} : { "X-Forwarded-For": forwarded }));
  return { clock, logged, ask, warnings: groups.warnings };
}

describe("client groups", () => {
  it("are named by hashes that only this shop can compute", () => {
    const key = (secret: string) => open({ secret }).ask("203.0.113.7").groups[0]?.key;
    expect(key("a".repeat(32))).toBe(key("a".repeat(32)));
    expect(key("a".repeat(32))).not.toBe(key("b".repeat(32)));
    expect(key("a".repeat(32))).toMatch(/^[\w-]{22}$/);
  });

  it("are the networks of an IPv6 address, each with its share", () => {
    const { ask } = open();
    const [here, street, town] = ask("[2001:db8:a:1b2c::7]:443").groups;
    const [there, same, also] = ask("2001:db8:a:1bff::7").groups;
    expect([here?.share, street?.share, town?.share]).toEqual([1, 2, 8]);
    expect(there).not.toEqual(here);
    expect([same, also]).toEqual([street, town]);
  });

  it("do not exist if no proxy is trusted, which is logged once if there seems to be one", () => {
    const { ask, logged, warnings } = open({ trustedProxyHops: 0 });
    for (let i = 0; i < 20; i += 1) expect(ask("unknown")).toEqual({ groups: [], isOneClient: true });
    expect(logged).toHaveLength(1);
    expect(warnings()).toEqual([]);
  });

  describe("behind a proxy that does not name clients", () => {
    it("are a single one, which may be many clients", () => {
      const { ask } = open();
      expect(ask("unknown")).toEqual(ask());
      expect(ask()).toMatchObject({ groups: [{ share: 1 }], isOneClient: false });
      expect(ask("203.0.113.7")).toMatchObject({ isOneClient: true });
    });

    it("cause a warning from ten requests in a minute on, until a quarter of an hour after the last", () => {
      const { ask, clock, logged, warnings } = open();
      for (let i = 0; i < 9; i += 1) ask("unknown");
      clock.now = 60_000;
      for (let i = 0; i < 9; i += 1) ask("unknown");
      ask("203.0.113.7");
      expect(warnings()).toEqual([]);
      ask("");
      expect(warnings()).toEqual([expect.stringContaining("TRUSTED_PROXY_HOPS=1")]);
      ask("");
      expect(logged).toHaveLength(1);
      clock.now += 15 * 60_000 - 1;
      expect(warnings()).toHaveLength(1);
      clock.now += 1;
      expect(warnings()).toEqual([]);
    });
  });
});
