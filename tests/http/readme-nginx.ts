import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts, installPackage } from "../programs";

/** Runs the README's nginx recipe with a real nginx in front of the store at `storePort`; without TLS, since the certificate is the merchant's. */
export async function startReadmeNginx(storePort: number): Promise<{ url: string; stop: () => void }> {
  if (spawnSync("nginx", ["-v"]).error !== undefined) await installPackage("nginx-light", "this test runs nginx");
  const [port = 0] = await freePorts(1);
  const folder = mkdtempSync(path.join(tmpdir(), "holdfast-nginx-"));
  const file = path.join(folder, "nginx.conf");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(" ");
  const recipe = readRecipe()
    .replace("127.0.0.1:3000", `127.0.0.1:${storePort}`)
    .replace("listen 443 ssl;", `listen 127.0.0.1:${port};`);
  const user = process.getuid?.() === 0 ? "user root;" : "";
  writeFileSync(
    file,
    `${user} daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr warn;\nevents {}\nhttp { access_log off; ${temporary}\n${recipe}\n}\n`,
  );
  const nginx = spawn("nginx", ["-e", "stderr", "-p", folder, "-c", file], { stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  nginx.stderr.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  const url = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(url).then(
      (response) => response.ok,
      () => false,
    ))
  ) {
    if (nginx.exitCode !== null) throw new Error(`nginx did not start:\n${output}`);
    await sleep(20);
  }
  return {
    url,
    stop() {
      nginx.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function readRecipe(): string {
  const recipe = /```nginx\n(.*?)```/s.exec(readFileSync("README.md", "utf8"))?.[1];
  if (recipe === undefined) throw new Error("the README has no nginx recipe");
  return recipe;
}
