import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createSlowReaders } from "~/http/remix-serve/slow-readers.server";

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** Both ends of a connection. The reader is paused. */
async function connection(): Promise<{ sender: Socket; reader: Socket }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const reader = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => undefined);
  const [sender] = (await once(server, "connection")) as [Socket];
  sender.on("error", () => undefined);
  reader.pause();
  closing.push(() => {
    reader.destroy();
    sender.destroy();
    server.close();
  });
  return { sender, reader };
}

function open(maxBehind?: number) {
  const clock = { now: 0 };
  const readers = createSlowReaders({ now: () => clock.now, maxBehind });
  const pass = (ms: number) => {
    clock.now += ms;
    readers.check();
  };
  return { readers, pass };
}

/** Sends more than the system buffers for a reader, in chunks like a file. */
function sendMuch(sender: Socket): void {
  for (let i = 0; i < 512; i += 1) sender.write(Buffer.alloc(65_536));
}

describe("a connection", () => {
  it("that reads next to nothing for half a minute is cut", async () => {
    const { readers, pass } = open();
    const { sender } = await connection();
    readers.watch(sender);
    sendMuch(sender);
    pass(5_000);
    pass(29_000);
    expect(sender.destroyed).toBe(false);
    pass(1_000);
    expect(sender.destroyed).toBe(true);
  });

  it("that reads something in every half minute, or has nothing to read, is kept", async () => {
    const { readers, pass } = open();
    const [steady, idle] = [await connection(), await connection()];
    readers.watch(steady.sender);
    readers.watch(idle.sender);
    for (let i = 0; i < 3; i += 1) {
      sendMuch(steady.sender);
      pass(5_000);
      const before = steady.sender.writableLength;
      steady.reader.resume();
      await expect.poll(() => before - steady.sender.writableLength, { interval: 1 }).toBeGreaterThan(100_000);
      steady.reader.pause();
      pass(30_000);
    }
    expect(steady.sender.destroyed).toBe(false);
    expect(idle.sender.destroyed).toBe(false);
  });

  it("is cut if too many lag, beginning with those that have lagged longest", async () => {
    const { readers, pass } = open(2);
    const senders = [];
    for (let i = 0; i < 4; i += 1) {
      const { sender } = await connection();
      senders.push(sender);
      readers.watch(sender);
      sendMuch(sender);
      pass(1_000);
    }
    expect(senders.map((sender) => sender.destroyed)).toEqual([true, true, false, false]);
  });
});
