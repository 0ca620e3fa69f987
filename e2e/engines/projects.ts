import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { firefox, webkit, type Project } from "@playwright/test";
import type { EngineOptions } from "./browser-window";

export const JOURNEYS = "e2e/engines";

interface EngineProject {
  readonly name: string;
  readonly use: Partial<EngineOptions> & { readonly browserName?: "firefox" | "webkit" };
  readonly isInstalled: boolean;
  /** How to install it. */
  readonly command: string;
}

const ENGINES: readonly EngineProject[] = [
  {
    name: "firefox-esr",
    use: { engineName: "firefox-esr" },
    isInstalled: hasPrograms("firefox-esr"),
    command: "apt-get install firefox-esr",
  },
  {
    name: "webkitgtk",
    use: { engineName: "webkitgtk" },
    isInstalled: hasPrograms("WebKitWebDriver", "Xvfb"),
    command: "apt-get install webkit2gtk-driver xvfb",
  },
  ...([firefox, webkit] as const).map((type) => ({
    name: type.name(),
    use: { browserName: type.name() as "firefox" | "webkit" },
    isInstalled: existsSync(type.executablePath()),
    command: `npx playwright install ${type.name()}`,
  })),
];

/** Projects that run the journeys in the other engines that are installed. Those that are not are listed on stderr. */
export function engineProjects(): Project<object, EngineOptions>[] {
  const isMainProcess = process.env.TEST_WORKER_INDEX === undefined;
  for (const { name, isInstalled, command } of ENGINES)
    if (!isInstalled && isMainProcess) console.error(`Not tested: ${name}, which is not installed (${command})`);
  return ENGINES.filter(({ isInstalled }) => isInstalled).flatMap(({ name, use }) => [
    { name, testDir: JOURNEYS, use, grepInvert: /@without-javascript/ },
    {
      name: `${name}-without-javascript`,
      testDir: JOURNEYS,
      use: { ...use, javascript: false },
      grepInvert: /@with-javascript/,
    },
  ]);
}

function hasPrograms(...names: readonly string[]): boolean {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return names.every((name) => folders.some((folder) => existsSync(join(folder, name))));
}
