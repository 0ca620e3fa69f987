import type { BrowserType } from "@playwright/test";
import { expect, isHydrated, productId, test as shopTest, storesOf, urlOf } from "../shop";
import type { BrowserWindow, Engine, EngineOptions, Key, Role } from "./browser-window";
import { startFirefox } from "./firefox";
import { startPlaywright } from "./playwright";
import { startWebkit } from "./webkit";

const WAIT = { timeout: 15_000, intervals: [200] };

/** A shopper in any engine. */
export class Visitor {
  private readonly window: BrowserWindow;
  private readonly baseUrl: string;
  private readonly javascript: boolean;
  private path = "/";

  constructor(window: BrowserWindow, baseUrl: string, javascript: boolean) {
    this.window = window;
    this.baseUrl = baseUrl;
    this.javascript = javascript;
  }

  /** Opens a page of the shop and waits until React has taken it over. */
  async open(path: string): Promise<void> {
    this.path = path;
    await this.window.open(`${this.baseUrl}${path}`);
    if (this.javascript) await expect.poll(() => this.window.evaluate(isHydrated)).toBe(true);
  }

  openProduct(name: string): Promise<void> {
    return this.open(`/products/${productId(name)}`);
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
    await expect(async () => {
      expect(await this.window.count(role, name), `${role} “${name}”`).toBeGreaterThan(0);
    }).toPass(WAIT);
  }

  /** Waits until nothing with this role and name is shown. */
  async misses(role: Role, name: string): Promise<void> {
    await expect(async () => {
      expect(await this.window.count(role, name), `${role} “${name}”`).toBe(0);
    }).toPass(WAIT);
  }

  /** Waits until the page shows a text. */
  async sees(text: string | RegExp): Promise<void> {
    await this.waitFor(text, () => this.window.evaluate(shownText));
  }

  /** Waits until the page that was opened last shows a text: by itself with JavaScript, when loaded again without. */
  async seesInTime(text: string | RegExp): Promise<void> {
    await this.waitFor(text, async () => {
      if (!this.javascript) await this.open(this.path);
      return this.window.evaluate(shownText);
    });
  }

  /** Waits until a page that a link led to is there. With JavaScript its heading takes the focus. */
  async arrivesAt(heading: string): Promise<void> {
    await this.finds("heading", heading);
    if (!this.javascript) return;
    await expect(async () => expect(await this.window.evaluate(focusedName)).toBe(heading)).toPass(WAIT);
  }

  /** Presses Tab until the element with this name has the focus, at most 80 times. */
  async tabTo(name: string): Promise<void> {
    for (let presses = 0; presses < 80; presses += 1) {
      await this.press("Tab");
      if ((await this.window.evaluate(focusedName)) === name) return;
    }
    throw new Error(`${name} cannot be reached by keyboard`);
  }

  /** A page that is just being left cannot be read, so that is no failure. */
  private async waitFor(text: string | RegExp, read: () => Promise<string>): Promise<void> {
    const pattern = typeof text === "string" ? expect.stringContaining(text) : expect.stringMatching(text);
    await expect(async () => expect(await read()).toEqual(pattern)).toPass(WAIT);
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

/** Runs in the page. */
function focusedName(): string {
  return (document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "").trim();
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
  isOld: [false, { option: true, scope: "worker" }],
  engine: [
    async ({ engineName, javascript, isOld, playwright, browserName }, use) => {
      const engine = await start({ engineName, javascript, isOld }, playwright[browserName]);
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

function start({ engineName, ...options }: EngineOptions, type: BrowserType): Promise<Engine> {
  switch (engineName) {
    case "firefox-esr":
      return startFirefox(options);
    case "webkitgtk":
      return startWebkit(options);
    case "playwright":
      return startPlaywright(type, options);
  }
}
