import { readFileSync } from "node:fs";
import { freePort } from "../api/store-process";
import { figure, median, short, type Bench } from "./report";
import { setDump, startProcess, stop, untilReady } from "./store";

const BOOTS = 7;

/** Time from the start of the process to the first 200 of `/readyz`, on the sandbox. */
const bench: Bench = async (report) => {
  setDump(true);
  const fromDump: number[] = [];
  const resident: number[] = [];
  for (let boot = 0; boot < BOOTS; boot += 1) {
    report(`boot ${boot + 1} of ${BOOTS}`);
    const { seconds, megabytes } = await bootOnce();
    fromDump.push(seconds);
    resident.push(megabytes);
  }
  setDump(false);
  report("without the database dump");
  const withoutDump = [(await bootOnce()).seconds, (await bootOnce()).seconds];
  return {
    rows: [
      {
        what: "boot to ready on the sandbox",
        target: "≤ 4 s",
        measured: `${short(median(fromDump))} s, ${short(median(resident))} MB resident (without the database dump: ${short(median(withoutDump))} s)`,
        met: median(fromDump) <= 4,
      },
    ],
    figures: [
      figure("boot to ready", "s", fromDump),
      figure("boot to ready without the dump", "s", withoutDump),
      figure("resident when ready", "MB", resident),
    ],
  };
};

export default bench;

async function bootOnce(): Promise<{ seconds: number; megabytes: number }> {
  const port = await freePort();
  const start = performance.now();
  const server = startProcess(port, {});
  try {
    await untilReady(`http://127.0.0.1:${port}`, server);
    const seconds = (performance.now() - start) / 1_000;
    const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]);
    return { seconds, megabytes: kilobytes / 1_000 };
  } finally {
    await stop(server);
  }
}
