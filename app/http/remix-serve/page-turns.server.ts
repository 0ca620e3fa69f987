import type { ServerResponse } from "node:http";

/** Pages rendered concurrently: enough to keep the process busy while some of them wait for the database. */
const CONCURRENCY = 32;
/** Longest time that new connections are accepted before a page starts anyway. */
const MAX_ACCEPTING_MS = 100;
const MAX_WAITING = 1_000;
const MAX_WAIT_MS = 20_000;
/** Longer than any page takes. A page that still runs then is not waiting for the processor. */
const MAX_TURN_MS = 6_000;

export interface PageTurnsOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Responds to a request that would wait too long. */
  readonly refuse: (response: ServerResponse) => void;
  /** Calls back in the next iteration of the event loop. */
  readonly nextRound?: (then: () => void) => void;
  readonly concurrency?: number;
  readonly maxWaiting?: number;
}

interface Waiting {
  readonly since: number;
  readonly response: ServerResponse;
  readonly begin: () => void;
}

/**
 * Calls `begin` when it is this response's turn. Only a few pages are rendered at a time, so that a thousand page requests do not slow down
 * each other and everything else. The rest wait, and the newest is next: in a crowd larger than the server can handle, some wait in vain
 * in any order, and newest first makes that the ones who filled the queue, not those who just arrived.
 *
 * A page starts in an iteration of the event loop that brought no request: libuv accepts one connection per iteration, and rendering a
 * page makes an iteration long, so the last connection would be accepted only after everybody else's page.
 * The negative control in `tests/http/remix-serve/page-turns.test.ts` renders pages in order of arrival.
 */
export type PageTurns = (response: ServerResponse, begin: () => void) => void;

export function createPageTurns({
  now,
  refuse,
  nextRound = setImmediate,
  concurrency = CONCURRENCY,
  maxWaiting = MAX_WAITING,
}: PageTurnsOptions): PageTurns {
  /** Oldest first. */
  let waiting: Waiting[] = [];
  let running = 0;
  let isPlanned = false;
  let hasArrived = false;
  let lastBegun = -Infinity;

  function plan(): void {
    if (isPlanned || waiting.length === 0 || running >= concurrency) return;
    isPlanned = true;
    nextRound(() => {
      isPlanned = false;
      const keepsAccepting = hasArrived && now() - lastBegun < MAX_ACCEPTING_MS;
      hasArrived = false;
      if (!keepsAccepting) startNewest();
      plan();
    });
  }

  function startNewest(): void {
    const inTime = waiting.findIndex(({ since }) => now() - since < MAX_WAIT_MS);
    for (const { response } of waiting.splice(0, inTime < 0 ? waiting.length : inTime)) refuse(response);
    const newest = waiting.pop();
    lastBegun = now();
    if (newest !== undefined) start(newest);
  }

  function start({ response, begin }: Waiting): void {
    running += 1;
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(deadline);
      running -= 1;
      plan();
    };
    const deadline = setTimeout(end, MAX_TURN_MS).unref();
    response.once("close", end);
    onBackpressure(response, end);
    begin();
  }

  return (response, begin) => {
    const entry = { since: now(), response, begin };
    hasArrived = true;
    waiting.push(entry);
    response.once("close", () => (waiting = waiting.filter((each) => each !== entry)));
    if (waiting.length > maxWaiting) {
      const oldest = waiting.shift();
      if (oldest !== undefined) refuse(oldest.response);
    }
    plan();
  };
}

/** Calls back once the response waits for its reader, which may be slow on purpose. */
function onBackpressure(response: ServerResponse, then: () => void): void {
  const write = response.write.bind(response) as (...given: unknown[]) => boolean;
  response.write = (...given: unknown[]) => {
    const isFlowing = write(...given);
    if (!isFlowing) then();
    return isFlowing;
  };
}
