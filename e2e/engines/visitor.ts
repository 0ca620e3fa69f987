import type { BrowserType } from "@playwright/test";
import { expect, isHydrated, test as shopTest, storesOf, urlOf } from "../shop";
import type { BrowserWindow, Engine, EngineName, EngineOptions, Key, Role } from "./browser-window";
import { startFirefox } from "./firefox";
import { startPlaywright } from "./playwright";
import { startWebkit } from "./webkit";

/** A shopper in any engine. */
class Visitor {
  private readonly window: BrowserWindow;
  private readonly baseUrl: string;
  private readonly javascript: boolean;

  constructor(window: BrowserWindow, baseUrl: string, javascript: boolean) {
    this.window = window;
    this.baseUrl = baseUrl;
    this.javascript = javascript;
  }

  /** Opens a page of the shop and waits until React has taken it over. */
  async open(path: string): Promise<void> {
    await this.window.open(`${this.baseUrl}${path}`);
    if (this.javascript) await expect.poll(() => this.window.evaluate(isHydrated)).toBe(true);
  }

  async click(role: Role, name: string): Promise<void> {
    await this.finds(role, name);
    await this.window.click(role, name);
  }

  async fill(role: Role, name: string, text: string): Promise<void> {
    await this.finds(role, name);
    await this.window.fill(role, name, text);
  }

  async press(key: Key): Promise<void> {
    await this.window.press(key);
  }

  /** Waits until something with this role and name is shown. */
  async finds(role: Role, name: string): Promise<void> {
    await expect.poll(() => this.window.count(role, name), `${role} “${name}”`).toBeGreaterThan(0);
  }

  /** Waits until nothing with this role and name is shown. */
  async misses(role: Role, name: string): Promise<void> {
    await expect.poll(() => this.window.count(role, name), `${role} “${name}”`).toBe(0);
  }

  /** Waits until the page shows a text. */
  async sees(text: string | RegExp): Promise<void> {
    const pattern = typeof text === "string" ? expect.stringContaining(text) : expect.stringMatching(text);
    await expect.poll(() => this.window.evaluate(shownText)).toEqual(pattern);
  }

  /** Empties the cart, so that the next test starts with the same stock. */
  async leave(): Promise<void> {
    try {
      await this.window.open(`${this.baseUrl}/cart`);
      await this.window.evaluate(emptyCart);
    } finally {
      await this.window.close();
    }
  }
}

/** Runs in the page. */
function shownText(): string {
  return document.body.innerText.replace(/\s+/g, " ");
}

/** Runs in the page. Synchronous, since promises do not settle where JavaScript is off. */
function emptyCart(): void {
  const request = new XMLHttpRequest();
  request.open("POST", "/cart", false);
  request.send(new URLSearchParams({ intent: "clear" }));
}

interface Fixtures {
  /** Opens a window for a new shopper, whose cart is emptied after the test. */
  visitor: (options?: { shortHolds?: boolean }) => Promise<Visitor>;
}

interface WorkerFixtures extends EngineOptions {
  engine: Engine;
}

export const test = shopTest.extend<Fixtures, WorkerFixtures>({
  engineName: ["playwright", { option: true, scope: "worker" }],
  javascript: [true, { option: true, scope: "worker" }],
  engine: [
    async ({ engineName, javascript, playwright, browserName }, use) => {
      const engine = await start(engineName, javascript, playwright[browserName]);
      await use(engine);
      await engine.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  visitor: async ({ engine, javascript, stores }, use, { parallelIndex }) => {
    const ofWorker = storesOf(stores, parallelIndex);
    const visitors: Visitor[] = [];
    await use(async ({ shortHolds = false } = {}) => {
      const baseUrl = urlOf(ofWorker, shortHolds);
      const visitor = new Visitor(await engine.openWindow(), baseUrl, javascript);
      visitors.push(visitor);
      return visitor;
    });
    for (const visitor of visitors) await visitor.leave();
  },
});

function start(name: EngineName, javascript: boolean, type: BrowserType): Promise<Engine> {
  switch (name) {
    case "firefox-esr":
      return startFirefox({ javascript });
    case "webkitgtk":
      return startWebkit({ javascript });
    case "playwright":
      return startPlaywright(type, { javascript });
  }
}
