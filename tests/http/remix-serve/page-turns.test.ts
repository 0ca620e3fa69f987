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

function open(options: { concurrency?: number; maxWaiting?: number } = {}) {
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
  const arrive = (name: string) => {
    const response = new FakeResponse();
    names.set(response, name);
    turns(response as unknown as ServerResponse, () => void begun.push(name));
    return response;
  };
  const round = () => rounds.splice(0).forEach((then) => then());
  const rest = () => {
    while (rounds.length > 0) round();
  };
  return { clock, begun, refused, arrive, round, rest };
}

describe("page turns", () => {
  it("go to a few pages at a time, then to the newest request that waits", () => {
    const { begun, arrive, rest } = open({ concurrency: 2 });
    const [first] = ["a", "b"].map((name) => {
      const response = arrive(name);
      rest();
      return response;
    });
    for (const name of ["c", "d", "e"]) arrive(name);
    rest();
    expect(begun).toEqual(["a", "b"]);
    first?.emit("close");
    rest();
    expect(begun).toEqual(["a", "b", "e"]);
  });

  it("start in an iteration of the event loop that brought no request, or after a tenth of a second", () => {
    const { begun, clock, arrive, round } = open();
    arrive("first");
    round();
    for (const name of ["a", "b", "c"]) {
      arrive(name);
      round();
    }
    expect(begun).toEqual(["first"]);
    round();
    expect(begun).toEqual(["first", "c"]);
    arrive("d");
    clock.now += 100;
    round();
    expect(begun).toEqual(["first", "c", "d"]);
  });

  it("end once, as soon as a page waits for its reader", () => {
    const { begun, arrive, rest } = open({ concurrency: 1 });
    const slow = arrive("slow");
    rest();
    arrive("next");
    arrive("last");
    rest();
    expect(begun).toEqual(["slow"]);
    slow.takes = false;
    slow.write();
    slow.write();
    slow.emit("close");
    rest();
    expect(begun).toEqual(["slow", "last"]);
  });

  it("never come for requests that are gone, have waited too long, or have waited longest among too many", () => {
    const { begun, refused, clock, arrive, rest } = open({ concurrency: 1, maxWaiting: 3 });
    const page = arrive("page");
    rest();
    arrive("oldest");
    arrive("old");
    arrive("gone").emit("close");
    arrive("waits");
    expect(refused).toEqual([]);
    arrive("newest");
    expect(refused).toEqual(["oldest"]);
    clock.now = 20_000;
    arrive("late");
    page.emit("close");
    rest();
    expect(refused).toEqual(["oldest", "old", "waits", "newest"]);
    expect(begun).toEqual(["page", "late"]);
  });
});

/** Opens many connections at once, then one more once all are connected; each requests a page. */
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

/** How many pages of a crowd are rendered before that of a newcomer right after it; a page keeps the process busy for 4 ms. */
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

describe("a newcomer after a crowd", { timeout: 60_000 }, () => {
  it("does not wait for all of its pages", async () => {
    expect(await pagesBefore(createPageTurns({ now: () => performance.now(), refuse: () => undefined }))).toBeLessThan(
      COUNT / 4,
    );
  });

  it("waits for nearly all of its pages if they are rendered in order of arrival (negative control)", async () => {
    expect(await pagesBefore((_response, begin) => begin())).toBeGreaterThan(COUNT / 2);
  });
});
