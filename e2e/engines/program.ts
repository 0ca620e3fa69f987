import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";

/** A program that runs until it is stopped. */
export interface Program {
  /** All that it has written to its output, its errors and its descriptor 3. */
  output(): string;
  /** Waits for a first answer other than `undefined`; fails if the program ends before, or does not start. */
  until<Answer>(ask: () => Answer | undefined | Promise<Answer | undefined>): Promise<Answer>;
  stop(): Promise<void>;
}

export function startProgram(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(name, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  let output = "";
  for (const stream of child.stdio.slice(1) as Readable[])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  let failure: Error | null = null;
  const ended = once(child, "close").then(
    () => (failure = new Error(`${name} has ended: ${output}`)),
    (cause: unknown) => (failure = new Error(`${name} cannot be started: is it installed?`, { cause })),
  );
  return {
    output: () => output,
    until: async (ask) => {
      for (;;) {
        if (failure !== null) throw failure;
        const answer = await ask();
        if (answer !== undefined) return answer;
        await pause(20);
      }
    },
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
