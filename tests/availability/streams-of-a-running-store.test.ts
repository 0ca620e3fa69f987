import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { productId } from "../api/demo-shop";
import { figure, parseMetrics } from "../api/metrics-text";
import { startStore, type StoreProcess } from "../api/store-process";

let store: StoreProcess;

beforeAll(async () => {
  store = await startStore();
}, 300_000);

afterAll(async () => {
  await store.stop();
});

async function openStream() {
  const abort = new AbortController();
  const response = await fetch(`${store.url}/api/availability/stream?product_id=${productId("Tide Mug")}`, {
    signal: abort.signal,
  });
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Error("no stream");
  const text = new TextDecoder();
  for (let received = ""; !received.includes("event: availability");) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the stream ended after ${received}`);
    received += text.decode(value);
  }
  return { close: () => abort.abort(), reader };
}

async function viewers(): Promise<number> {
  const answer = await fetch(`${store.url}/metrics`);
  return figure(parseMetrics(await answer.text()), "stream_clients");
}

describe("availability streams of a running store", { timeout: 300_000 }, () => {
  it("are counted only while they are open", async () => {
    expect(await viewers()).toBe(0);
    const streams = await Promise.all([openStream(), openStream(), openStream()]);
    expect(await viewers()).toBe(3);
    streams[0]?.close();
    await expect.poll(viewers, { timeout: 20_000 }).toBe(2);
    for (const stream of streams) stream.close();
    await expect.poll(viewers, { timeout: 20_000 }).toBe(0);
  });

  it("end when the server shuts down, without delaying it", async () => {
    const { reader } = await openStream();
    const stopped = store.stop("SIGTERM");
    let isOver = false;
    while (!isOver) isOver = (await reader.read()).done;
    expect(await stopped).toBe(0);
  });
});
