/** Runs `npm run doctor` as a process over stand-ins, and pays on its test page. */
import { setTimeout as sleep } from "node:timers/promises";
import type { StandIns } from "../api/stand-ins";
import { startCommand } from "../api/store-process";

export interface DoctorRun {
  readonly output: string;
  readonly status: number | null;
}

export async function runDoctor(
  { stripe, env }: Pick<StandIns, "stripe" | "env">,
  settings: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<DoctorRun> {
  const doctor = await startCommand(
    "app/commands/doctor.ts",
    { ...env, DOCTOR_WAIT_SECONDS: "30", ...settings },
    /\n/,
    args,
  );
  let status: number | null | undefined;
  const exited = doctor.exited.then((code) => (status = code));
  while (status === undefined) {
    const isAsked = doctor.output().includes("To continue, pay");
    for (const { id, status: page } of isAsked ? stripe.controls.sessions() : [])
      if (page === "open") stripe.controls.pay(id);
    await Promise.race([exited, sleep(100)]);
  }
  return { output: doctor.output(), status };
}
