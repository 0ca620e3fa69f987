import { Builder, By, Key as KeyCode, type WebDriver } from "selenium-webdriver";
import { freePorts } from "../../tests/programs";
import type { BrowserWindow, Engine, Key, Role } from "./browser-window";
import { startProgram } from "./program";

/** Elements that have a role, or may have it: the engine says which do. */
const CANDIDATES: Readonly<Record<Role, string>> = {
  button: "button, summary, [role=button]",
  link: "a[href]",
  heading: "h1, h2, h3",
  spinbutton: "input[type=number], [role=spinbutton]",
  timer: "[role=timer]",
};

const KEYS: Readonly<Record<Key, string>> = {
  Tab: KeyCode.TAB,
  "Shift+Tab": KeyCode.chord(KeyCode.SHIFT, KeyCode.TAB),
  Enter: KeyCode.ENTER,
};

/** Drives WebKitGTK's own small browser, on a screen that nobody sees, over WebDriver. */
export async function startWebkit({ javascript }: { javascript: boolean }): Promise<Engine> {
  const screen = startProgram("Xvfb", ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]);
  const display = await screen.until(() => /^\d+(?=\n)/m.exec(screen.output())?.[0]);
  return {
    openWindow: () => openWindow(javascript, { DISPLAY: `:${display}` }),
    stop: () => screen.stop(),
  };
}

/** A window has a driver of its own, because a driver has one session only. */
async function openWindow(javascript: boolean, env: Readonly<Record<string, string>>): Promise<BrowserWindow> {
  const [port = 0] = await freePorts(1);
  const server = startProgram("WebKitWebDriver", [`--port=${port}`], env);
  const address = `http://127.0.0.1:${port}`;
  await server.until(() => fetch(`${address}/status`).catch(() => undefined));
  const driver = await new Builder()
    .usingServer(address)
    .withCapabilities({
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { args: ["--automation", `--enable-javascript=${javascript}`] },
    })
    .build();
  return {
    ...windowOf(driver),
    close: async () => {
      await driver.quit();
      await server.stop();
    },
  };
}

function windowOf(driver: WebDriver): Omit<BrowserWindow, "close"> {
  const locate = async (role: Role, name: string) => {
    const found = [];
    for (const element of await driver.findElements(By.css(CANDIDATES[role])))
      if ((await element.getAccessibleName()) === name && (await element.isDisplayed())) found.push(element);
    return found;
  };
  const first = async (role: Role, name: string) => {
    const [element] = await locate(role, name);
    if (element === undefined) throw new Error(`no ${role} “${name}”`);
    return element;
  };
  return {
    open: (address) => driver.get(address),
    count: async (role, name) => (await locate(role, name)).length,
    click: async (role, name) => (await first(role, name)).click(),
    fill: async (role, name, text) => {
      const field = await first(role, name);
      await field.clear();
      await field.sendKeys(text);
    },
    press: async (key) => driver.switchTo().activeElement().sendKeys(KEYS[key]),
    evaluate: <Result>(run: () => Result) => driver.executeScript<Result>(`return (${run.toString()})()`),
  };
}
