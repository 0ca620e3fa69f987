import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { ask } from "../api/http-client";
import { freePort, startStore, type StoreProcess } from "../api/store-process";

const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
const hasIpv6Loopback = interfaces.some(({ address }) => address === "::1");
/** An address besides 127.0.0.1. Without a network, 127.0.0.2: only servers on all interfaces accept it. */
const otherAddress = interfaces.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.2";

let store: StoreProcess;
afterEach(() => store.stop());

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 20_000 });
    const settle = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
    socket.once("timeout", () => settle(false));
  });
}

describe("npm start without Supabase and Stripe", { timeout: 300_000 }, () => {
  it("serves only this machine, on both loopback addresses, and exits promptly", async () => {
    const port = await freePort();
    store = await startStore({ HOST: "" }, { port });
    for (const host of ["127.0.0.1", "localhost", ...(hasIpv6Loopback ? ["[::1]"] : [])]) {
      expect((await ask(`http://${host}:${port}/healthz`)).status, host).toBe(200);
    }
    expect(await accepts(otherAddress, port)).toBe(false);
    expect(await store.stop("SIGTERM")).toBe(0);
  });

  it("serves other machines if HOST is set", async () => {
    const port = await freePort();
    store = await startStore({ HOST: "0.0.0.0" }, { port });
    expect(await accepts(otherAddress, port)).toBe(true);
  });
});
