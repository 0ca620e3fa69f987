import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Capabilities, Key as KeyCode, Session, WebDriver } from "selenium-webdriver";
import { Browser } from "selenium-webdriver/bidi/generated/browser.js";
import { BrowsingContext } from "selenium-webdriver/bidi/generated/browsing_context.js";
import { Input, type InputSourceActions } from "selenium-webdriver/bidi/generated/input.js";
import { Script } from "selenium-webdriver/bidi/generated/script.js";
import { Session as BidiSession } from "selenium-webdriver/bidi/generated/session.js";
import type { BrowserWindow, Engine, Key, Role } from "./browser-window";
import { startProgram } from "./program";

const KEYS: Readonly<Record<Key, readonly string[]>> = {
  Tab: [KeyCode.TAB],
  "Shift+Tab": [KeyCode.SHIFT, KeyCode.TAB],
  Enter: [KeyCode.ENTER],
};

/** Drives Firefox over WebDriver BiDi, which it speaks by itself: no geckodriver is needed. */
export async function startFirefox({ javascript }: { javascript: boolean }): Promise<Engine> {
  const profile = await mkdtemp(join(tmpdir(), "firefox-"));
  await writeFile(join(profile, "user.js"), preferences({ "javascript.enabled": javascript }));
  const firefox = startProgram("firefox-esr", ["--headless", "--remote-debugging-port=0", "--profile", profile], {
    HOME: profile,
  });
  const address = await firefox.until(() => /ws:\/\/[\d.:]+/.exec(firefox.output())?.[0]);
  const driver = driverOf(`${address}/session`);
  await (await BidiSession.create(driver)).new({ capabilities: {} });
  const connection = await connect(driver);
  return {
    openWindow: () => openWindow(connection),
    stop: async () => {
      await firefox.stop();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

function preferences(own: Readonly<Record<string, boolean>>): string {
  const all = { ...own, "ui.prefersReducedMotion": 1 };
  return Object.entries(all)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});\n`)
    .join("");
}

/** The client's handle for a session that has no classic side: its commands go over BiDi only. */
function driverOf(webSocketUrl: string): WebDriver {
  return new WebDriver(new Session("bidi", new Capabilities({ webSocketUrl })), {
    execute: (command) => Promise.reject(new Error(`Firefox speaks BiDi only, not ${command.getName()}`)),
  });
}

type Connection = Awaited<ReturnType<typeof connect>>;

async function connect(driver: WebDriver) {
  const [browser, browsing, input, script] = await Promise.all([
    Browser.create(driver),
    BrowsingContext.create(driver),
    Input.create(driver),
    Script.create(driver),
  ]);
  return { browser, browsing, input, script };
}

async function openWindow({ browser, browsing, input, script }: Connection): Promise<BrowserWindow> {
  const { userContext } = await browser.createUserContext({});
  const { context } = await browsing.create({ type: "tab", userContext });

  const locate = async (role: Role, name: string) =>
    (await browsing.locateNodes({ context, locator: { type: "accessibility", value: { role, name } } })).nodes;
  const perform = (...actions: InputSourceActions[]) => input.performActions({ context, actions });
  const type = (...keys: (readonly string[])[]) =>
    perform({
      type: "key",
      id: "keyboard",
      actions: keys.flatMap((chord) => [
        ...chord.map((value) => ({ type: "keyDown" as const, value })),
        ...chord.map((value) => ({ type: "keyUp" as const, value })),
      ]),
    });
  const click = async (role: Role, name: string) => {
    const [node] = await locate(role, name);
    if (node?.sharedId === undefined) throw new Error(`no ${role} “${name}”`);
    const element = { sharedId: node.sharedId };
    await script.callFunction({
      functionDeclaration: "(element) => element.scrollIntoView({ block: 'center', behavior: 'instant' })",
      arguments: [element],
      target: { context },
      awaitPromise: false,
    });
    await perform({
      type: "pointer",
      id: "mouse",
      actions: [
        { type: "pointerMove", x: 0, y: 0, origin: { type: "element", element } },
        { type: "pointerDown", button: 0 },
        { type: "pointerUp", button: 0 },
      ],
    });
  };
  return {
    open: async (url) => void (await browsing.navigate({ context, url, wait: "complete" })),
    count: async (role, name) => (await locate(role, name)).length,
    click,
    fill: async (role, name, text) => {
      await click(role, name);
      await type([KeyCode.CONTROL, "a"], ...[...text].map((character) => [character]));
    },
    press: (key) => type(KEYS[key]),
    evaluate: async <Result>(run: () => Result) => {
      const response = await script.callFunction({
        functionDeclaration: `() => JSON.stringify((${run.toString()})())`,
        target: { context },
        awaitPromise: false,
      });
      if (response.type === "exception") throw new Error(response.exceptionDetails.text);
      return (response.result.type === "string" ? JSON.parse(response.result.value) : undefined) as Result;
    },
    close: () => browser.removeUserContext({ userContext }),
  };
}
