import { EventEmitter, once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { createPageTurns, type PageTurns } from "~/http/remix-serve/page-turns.server";

class FakeResponse extends EventEmitter {
  takes = true;
  readonly write = () => this.takes;
}

function open(options: { atOnce?: number; maxWaiting?: number } = {}) {
  const clock = { now: 0 };
  const rounds: (() => void)[] = [];
  const begun: string[] = [];
  const refused: string[] = [];
  const names = new Map<unknown, string>();
  const turns = createPageTurns({
    now: () => clock.now,
    refuse: (response) => void refused.push(names.get(response) ?? ""),
    nextRound: (then) => void rounds.push(then),
    ...options,
  });
  const come = (name: string) => {
    const response = new FakeResponse();
    names.set(response, name);
    turns(response as unknown as ServerResponse, () => void begun.push(name));
    return response;
  };
  const round = () => rounds.splice(0).forEach((then) => then());
  const rest = () => {
    while (rounds.length > 0) round();
  };
  return { clock, begun, refused, come, round, rest };
}

describe("turns of pages", () => {
  it("are given to some at a time, then to the newest that waits", () => {
    const { begun, come, rest } = open({ atOnce: 2 });
    const [first] = ["a", "b"].map((name) => {
      const response = come(name);
      rest();
      return response;
    });
    for (const name of ["c", "d", "e"]) come(name);
    rest();
    expect(begun).toEqual(["a", "b"]);
    first?.emit("close");
    rest();
    expect(begun).toEqual(["a", "b", "e"]);
  });

  it("begin in a round of the event loop that brought no request, and one of them after a tenth of a second anyway", () => {
    const { begun, clock, come, round } = open();
    come("first");
    round();
    for (const name of ["a", "b", "c"]) {
      come(name);
      round();
    }
    expect(begun).toEqual(["first"]);
    round();
    expect(begun).toEqual(["first", "c"]);
    come("d");
    clock.now += 100;
    round();
    expect(begun).toEqual(["first", "c", "d"]);
  });

  it("end once a page waits for its reader, and once", () => {
    const { begun, come, rest } = open({ atOnce: 1 });
    const slow = come("slow");
    rest();
    come("next");
    come("last");
    rest();
    expect(begun).toEqual(["slow"]);
    slow.takes = false;
    slow.write();
    slow.write();
    slow.emit("close");
    rest();
    expect(begun).toEqual(["slow", "last"]);
  });

  it("never come for those who have gone, or wait for too long, or longest among too many", () => {
    const { begun, refused, clock, come, rest } = open({ atOnce: 1, maxWaiting: 3 });
    const page = come("page");
    rest();
    come("oldest");
    come("old");
    come("gone").emit("close");
    come("waits");
    expect(refused).toEqual([]);
    come("newest");
    expect(refused).toEqual(["oldest"]);
    clock.now = 20_000;
    come("late");
    page.emit("close");
    rest();
    expect(refused).toEqual(["oldest", "old", "waits", "newest"]);
    expect(begun).toEqual(["page", "late"]);
  });
});

/** Opens many connections at once, and one when all are connected; each asks for a page. */
const CROWD = `
  const { connect } = require("node:net");
  const { workerData: { port, count } } = require("node:worker_threads");
  let left = count;
  const ask = (name) => {
    const socket = connect(port, "127.0.0.1", () => { if (name !== "newcomer" && --left === 0) ask("newcomer"); });
    socket.on("error", () => undefined).write("GET /" + name + " HTTP/1.1\\r\\nHost: shop\\r\\n\\r\\n");
    socket.resume();
  };
  for (let i = 0; i < count; i += 1) ask("crowd");
`;
const COUNT = 300;

/** How many pages of a crowd are made before that of somebody who comes right after it; a page keeps the process busy for 4 ms. */
async function pagesBefore(turns: PageTurns): Promise<number> {
  const made: string[] = [];
  const server = createServer((request, response) =>
    turns(response, () => {
      for (const until = performance.now() + 4; performance.now() < until;);
      made.push(request.url ?? "");
      response.end("page");
    }),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  const crowd = new Worker(CROWD, {
    eval: true,
    workerData: { port: (server.address() as AddressInfo).port, count: COUNT },
  });
  await expect.poll(() => made.includes("/newcomer"), { timeout: 20_000, interval: 20 }).toBe(true);
  await crowd.terminate();
  server.closeAllConnections();
  server.close();
  return made.indexOf("/newcomer");
}

describe("somebody who comes after a crowd", { timeout: 60_000 }, () => {
  it("does not wait for the pages of all of it", async () => {
    expect(await pagesBefore(createPageTurns({ now: () => performance.now(), refuse: () => undefined }))).toBeLessThan(
      COUNT / 4,
    );
  });

  it("(control: pages in order of arrival) waits for nearly all", async () => {
    expect(await pagesBefore((_response, begin) => begin())).toBeGreaterThan(COUNT / 2);
  });
});
