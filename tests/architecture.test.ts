import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

/** The layout rules of the house, checked against the sources. */

/** Modules of app/ from the bottom to the top. A module may import from the floors below its own, and from no neighbour on it. */
const FLOORS: readonly (readonly string[])[] = [
  ["errors", "decorate", "env-fields", "words", "look"],
  ["reservations", "catalog"],
  ["checkout", "http"],
  ["env.server", "limits", "availability"],
  ["telemetry", "cart"],
  ["operator"],
  ["boot"],
  ["api", "components", "doctor"],
  ["routes", "root", "entry.client", "entry.server"],
];
/** Beside the floors: stand-ins, a load generator, and the programs that start everything. Of the floors, only boot knows them. */
const APART = ["sandbox", "drill", "commands"];

interface Import {
  readonly from: string;
  /** A path in app/ without its extension, or the name of a package as it is imported. */
  readonly target: string;
  readonly kind: "type" | "value" | "dynamic";
}

type Sources = ReadonlyMap<string, string>;

const CODE = /\.(ts|tsx|js)$/;
const MAX_LINES_PER_FILE = 300;
/** The store's contract and the driver that shows how it works in one place: parts of them could not be understood alone. */
const LONGER_FILES: ReadonlyMap<string, number> = new Map([
  ["app/reservations/reservation-store.ts", 315],
  ["app/reservations/memory-reservation-store.server.ts", 336],
  // A language's messages, one after another.
  ["app/words/de.ts", 330],
  ["app/words/fr.ts", 330],
]);
const MAX_LINES_PER_FUNCTION = 70;
const app: Sources = new Map(filesBelow("app").map((file) => [file, readFileSync(file, "utf8")]));
const imports = importsOf(app);

describe("layout", () => {
  it("every module stands on one floor, and imports lead down", () => {
    expect(unknownModules(app)).toEqual([]);
    expect(importsUp(imports)).toEqual([]);
  });

  it("no file imports itself through others, types included", () => {
    expect(circles(imports)).toEqual([]);
  });

  it("the engine knows no Remix, Stripe or Supabase, and below cart nothing knows React but the live stock", () => {
    expect(frameworksBelow(imports)).toEqual([]);
  });

  it("supabase-js is known to catalog only, and the Stripe SDK to checkout only", () => {
    expect(sdkOutsideItsModule(imports)).toEqual([]);
  });

  it("checkout takes only types from the catalog, which is handed in", () => {
    expect(valuesOfCatalogInCheckout(imports)).toEqual([]);
  });

  it("the sandbox takes only the shop's words, and is reached by dynamic import except from commands that are about it", () => {
    expect(boundToSandbox(imports)).toEqual([]);
  });

  it("boot alone reaches what stands beside the floors, which never starts a shop by importing its container", () => {
    expect(importsOfApart(imports)).toEqual([]);
    expect(containerOutsideTheShop(imports)).toEqual([]);
  });

  it("only routes, the API and HTTP itself make HTTP problems", () => {
    expect(problemMakers(imports)).toEqual([]);
  });

  it("components import only types from server modules", () => {
    expect(valuesInComponents(imports)).toEqual([]);
  });

  it("the browser's end of the availability feed takes only types from the server's", () => {
    expect(serverInLiveStock(imports)).toEqual([]);
  });

  it("nothing imports a route", () => {
    expect(importsOfRoutes(imports)).toEqual([]);
  });

  it("drivers are chosen in boot only", () => {
    expect(driversChosenElsewhere(imports)).toEqual([]);
  });

  it("whatever imports a server module is one itself, or a route whose server part Remix takes out", () => {
    expect(serverInBrowserFiles(imports)).toEqual([]);
  });

  it("there is no drawer for odds and ends, and no barrel", () => {
    expect(drawersAndBarrels(app)).toEqual([]);
  });

  it(`no file is longer than ${MAX_LINES_PER_FILE} lines, and no function has more than ${MAX_LINES_PER_FUNCTION} of its own`, () => {
    expect(tooLong(app)).toEqual([]);
    for (const file of LONGER_FILES.keys())
      expect(linesOf(app.get(file) ?? ""), file).toBeGreaterThan(MAX_LINES_PER_FILE);
    expect(longFunctions(app)).toEqual([]);
  });

  it("nothing but the commands writes to the console", () => {
    expect(consoleWriters(app)).toEqual([]);
  });

  it("each rule catches a file that breaks it (negative control)", () => {
    const broken = new Map([
      [
        "app/reservations/bad.ts",
        `import { x } from "~/catalog/catalog";\nimport Stripe from "stripe";\nimport { loadStripe } from "@stripe/stripe-js";`,
      ],
      [
        "app/limits/bad.ts",
        `import { useState } from "react";\nimport type { LoaderFunction } from "@remix-run/node";`,
      ],
      ["app/http/bad.ts", `import type { CheckoutService } from "~/checkout/checkout";`],
      ["app/api/bad.ts", `import type { Sandbox } from "~/sandbox/sandbox.server";`],
      ["app/sandbox/bad.ts", `import type { Product } from "~/catalog/catalog";`],
      ["app/drill/bad.ts", `import type { container } from "~/boot/container.server";`],
      ["app/commands/bad.ts", `const { container } = await import("~/boot/container.server");`],
      [
        "app/cart/bad.ts",
        `import { createClient } from "@supabase/supabase-js";\nimport type Stripe from "stripe";\nexport { y } from "../sandbox/demo-products";\nimport { z } from "~/http/problem.server";`,
      ],
      [
        "app/components/bad.tsx",
        `import { type Cart, hash } from "~/cart/cart-session.server";\nimport { loader } from "../routes/cart";`,
      ],
      [
        "app/checkout/bad.ts",
        `import { c } from "~/boot/container.server";\nimport { s } from "~/catalog/supabase-catalog.server";\nimport { b } from "./circle";`,
      ],
      ["app/checkout/circle.ts", `import type { A } from "./bad";`],
      ["app/availability/live-stock.tsx", `import { feed } from "./availability-feed.server";`],
      ["app/cart/utils.ts", "export const odds = 1;"],
      ["app/cart/everything.ts", `export * from "./bad";`],
      ["app/cart/long.ts", "\n".repeat(MAX_LINES_PER_FILE + 1)],
      ["app/cart/long-function.ts", `function long() {${"\n".repeat(MAX_LINES_PER_FUNCTION)}}`],
      ["app/cart/nested.ts", `function outer() {\nfunction inner() {${"\n".repeat(MAX_LINES_PER_FUNCTION - 1)}}\n}`],
      ["app/cart/talk.ts", "console.info(1)"],
      ["app/nowhere/new.ts", ""],
    ]);
    const found = importsOf(broken);
    expect(unknownModules(broken)).toEqual(["nowhere"]);
    expect(importsUp(found)).toEqual([
      "app/reservations/bad.ts → app/catalog/catalog (value)",
      "app/http/bad.ts → app/checkout/checkout (type)",
      "app/components/bad.tsx → app/routes/cart (value)",
      "app/checkout/bad.ts → app/boot/container.server (value)",
    ]);
    expect(circles(found)).toEqual(["app/checkout/bad → app/checkout/circle"]);
    expect(frameworksBelow(found)).toEqual([
      "app/reservations/bad.ts → stripe (value)",
      "app/reservations/bad.ts → @stripe/stripe-js (value)",
      "app/limits/bad.ts → react (value)",
      "app/limits/bad.ts → @remix-run/node (type)",
    ]);
    expect(sdkOutsideItsModule(found)).toHaveLength(3);
    expect(valuesOfCatalogInCheckout(found)).toHaveLength(1);
    expect(boundToSandbox(found)).toEqual([
      "app/cart/bad.ts → app/sandbox/demo-products (value)",
      "app/sandbox/bad.ts → app/catalog/catalog (type)",
    ]);
    expect(importsOfApart(found)).toEqual([
      "app/api/bad.ts → app/sandbox/sandbox.server (type)",
      "app/cart/bad.ts → app/sandbox/demo-products (value)",
    ]);
    expect(containerOutsideTheShop(found)).toEqual([
      "app/drill/bad.ts → app/boot/container.server (type)",
      "app/commands/bad.ts → app/boot/container.server (dynamic)",
    ]);
    expect(problemMakers(found)).toHaveLength(1);
    expect(valuesInComponents(found)).toHaveLength(2);
    expect(serverInLiveStock(found)).toHaveLength(1);
    expect(importsOfRoutes(found)).toHaveLength(1);
    expect(driversChosenElsewhere(found)).toHaveLength(1);
    expect(serverInBrowserFiles(found)).toHaveLength(5);
    expect(drawersAndBarrels(broken)).toEqual(["app/cart/utils.ts", "app/cart/everything.ts"]);
    expect(tooLong(broken)).toEqual(["app/cart/long.ts"]);
    expect(longFunctions(broken)).toEqual(["app/cart/long-function.ts: long"]);
    expect(consoleWriters(broken)).toHaveLength(1);
    expect(imports.length).toBeGreaterThan(200);
  });
});

describe("what browsers are sent", () => {
  /** Text found only in server code, by the file that must contain it, so that no marker goes stale. */
  const markers = {
    SUPABASE_SECRET_KEY: "app/env.server.ts",
    whsec_sandbox: "app/env.server.ts",
    "holdfast-session": "app/cart/cart-session.server.ts",
    compareAndSwap: "app/catalog/table-catalog.server.ts",
    reservations_ended_total: "app/telemetry/metrics.server.ts",
    cannot_fit: "app/reservations/reserve.ts",
    "blockquote dl": "app/catalog/description.ts",
    "node:crypto": "app/cart/cart-session.server.ts",
    timingSafeEqual: "app/http/operator.server.ts",
    "This request came from another site": "app/http/origin.server.ts",
    // Each page brings the words of the shop's own language.
    "Your cart is empty": "app/words/en.ts",
    "Dein Warenkorb ist leer": "app/words/de.ts",
    "Votre panier est vide": "app/words/fr.ts",
  };

  it("holds no code of the server", () => {
    for (const [marker, file] of Object.entries(markers)) expect(app.get(file), file).toContain(marker);
    expect(existsSync("build/client"), "build/client is missing: run npm run build").toBe(true);
    const scripts = filesBelow("build/client")
      .filter((file) => file.endsWith(".js"))
      .map((file) => ({ file, text: readFileSync(file, "utf8") }));
    expect(scripts.length).toBeGreaterThan(5);
    for (const { file, text } of scripts)
      expect(
        Object.keys(markers).filter((marker) => text.includes(marker)),
        file,
      ).toEqual([]);
    // The search does find what is there.
    expect(scripts.some(({ text }) => text.includes("cart.empty"))).toBe(true);
  });
});

function unknownModules(sources: Sources): string[] {
  const known = new Set([...FLOORS.flat(), ...APART]);
  return [...new Set([...sources.keys()].filter((file) => CODE.test(file)).map(moduleOf))].filter(
    (name) => !known.has(name),
  );
}

/** Types count as well: a reader of one file should not need to know what is above it. */
function importsUp(found: readonly Import[]): string[] {
  const floorOf = (name: string) => FLOORS.findIndex((floor) => floor.includes(name));
  return found
    .filter(({ from, target }) => {
      const [own, other] = [moduleOf(from), moduleOf(target)];
      if (!isOfApp(target) || own === other || APART.includes(own) || APART.includes(other)) return false;
      return floorOf(other) >= floorOf(own);
    })
    .map(show);
}

/** Each circle once, as the files that are on it. */
function circles(found: readonly Import[]): string[] {
  const targets = new Map<string, Set<string>>();
  for (const { from, target, kind } of found)
    if (isOfApp(target) && kind !== "dynamic") mapOf(targets, from.replace(/\.(ts|tsx|js)$/, "")).add(target);
  const reachable = (start: string): Set<string> => {
    const seen = new Set<string>();
    const open = [...(targets.get(start) ?? [])];
    for (let file = open.pop(); file !== undefined; file = open.pop())
      if (!seen.has(file)) {
        seen.add(file);
        open.push(...(targets.get(file) ?? []));
      }
    return seen;
  };
  const reach = new Map([...targets.keys()].map((file) => [file, reachable(file)]));
  const inCircle = [...targets.keys()].filter((file) => reach.get(file)?.has(file) === true);
  const groups = inCircle.map((file) =>
    inCircle.filter((other) => reach.get(file)?.has(other) && reach.get(other)?.has(file)),
  );
  return [...new Set(groups.map((files) => files.sort().join(" → ")))];
}

function mapOf(targets: Map<string, Set<string>>, file: string): Set<string> {
  const known = targets.get(file) ?? new Set<string>();
  targets.set(file, known);
  return known;
}

function frameworksBelow(found: readonly Import[]): string[] {
  const withoutServices = ["errors", "decorate", "reservations"];
  const withoutPages = ["catalog", "checkout", "limits", "telemetry"];
  return found
    .filter(({ from, target }) => {
      if (withoutServices.includes(moduleOf(from))) return /^(@remix-run|react|stripe|@stripe|@supabase)/.test(target);
      return withoutPages.includes(moduleOf(from)) && /^(@remix-run|react)/.test(target);
    })
    .map(show);
}

function sdkOutsideItsModule(found: readonly Import[]): string[] {
  const isStray = ({ from, target, kind }: Import) => {
    if (target === "@supabase/supabase-js") return moduleOf(from) !== "catalog";
    if (target !== "stripe") return false;
    // The stand-in and doctor describe Stripe's objects by the SDK's own types.
    return moduleOf(from) !== "checkout" && !(["sandbox", "doctor"].includes(moduleOf(from)) && kind === "type");
  };
  return found.filter(isStray).map(show);
}

function valuesOfCatalogInCheckout(found: readonly Import[]): string[] {
  return found
    .filter(
      ({ from, target, kind }) => moduleOf(from) === "checkout" && moduleOf(target) === "catalog" && kind !== "type",
    )
    .map(show);
}

/** The payment page that stands in for Stripe's speaks the shop's language, so the sandbox may use `words`; nothing else of the shop. */
function boundToSandbox(found: readonly Import[]): string[] {
  const across = found.filter(({ from, target }) => isOfApp(target) && moduleOf(target) !== moduleOf(from));
  const inward = across.filter(
    ({ from, target, kind }) => moduleOf(target) === "sandbox" && kind === "value" && moduleOf(from) !== "commands",
  );
  const outward = across.filter(({ from, target }) => moduleOf(from) === "sandbox" && moduleOf(target) !== "words");
  return [...inward, ...outward].map(show);
}

function importsOfApart(found: readonly Import[]): string[] {
  const may = ["boot", ...APART];
  return found
    .filter(({ from, target }) => APART.includes(moduleOf(target)) && !may.includes(moduleOf(from)))
    .map(show);
}

/** Importing the container boots a shop; these programs start one as a process of its own. */
function containerOutsideTheShop(found: readonly Import[]): string[] {
  return found
    .filter(({ from, target }) => target === "app/boot/container.server" && APART.includes(moduleOf(from)))
    .map(show);
}

function problemMakers(found: readonly Import[]): string[] {
  const may = ["routes", "api", "http"];
  return found
    .filter(({ from, target }) => target === "app/http/problem.server" && !may.includes(moduleOf(from)))
    .map(show);
}

function valuesInComponents(found: readonly Import[]): string[] {
  // The browser's end of the availability feed, what draws charts, the shop's words, and what links share with the server.
  const ofBrowsers = new Set([
    "react",
    "@remix-run/react",
    "app/availability/live-stock",
    "uplot",
    "app/catalog/product-address",
    "app/http/problem-codes",
    "app/words/site",
    "app/words/words",
  ]);
  const mayUse = (target: string) => moduleOf(target) === "components" || ofBrowsers.has(target);
  return found
    .filter(({ from, target, kind }) => moduleOf(from) === "components" && kind !== "type" && !mayUse(target))
    .map(show);
}

function serverInLiveStock(found: readonly Import[]): string[] {
  const mayUse = /^(react|@remix-run\/react|app\/availability\/(live-product|watch-availability)|zod)$/;
  return found
    .filter(
      ({ from, target, kind }) =>
        /^app\/availability\/(live-stock|watch-availability)\.tsx?$/.test(from) &&
        kind !== "type" &&
        !mayUse.test(target),
    )
    .map(show);
}

function importsOfRoutes(found: readonly Import[]): string[] {
  return found.filter(({ target }) => target.startsWith("app/routes/")).map(show);
}

/** A file that imports a driver as a value has chosen it for everybody. */
function driversChosenElsewhere(found: readonly Import[]): string[] {
  const drivers =
    /^app\/(catalog\/supabase-catalog|checkout\/(create-checkout|stripe\/stripe-(client|gateway)|leases\/[a-z]+-lease-store)|reservations\/(memory|redis)-reservation-store|telemetry\/(log|metrics|observe-.*))\.server$/;
  return found
    .filter(
      ({ from, target, kind }) =>
        kind !== "type" &&
        drivers.test(target) &&
        moduleOf(from) !== moduleOf(target) &&
        !["boot", "commands"].includes(moduleOf(from)),
    )
    .map(show);
}

function serverInBrowserFiles(found: readonly Import[]): string[] {
  const mayUseServer = /\.server\.tsx?$|^app\/(routes|commands)\/|^app\/root\.tsx$/;
  return found
    .filter(({ from, target, kind }) => kind === "value" && target.endsWith(".server") && !mayUseServer.test(from))
    .map(show);
}

function drawersAndBarrels(sources: Sources): string[] {
  return [...sources].flatMap(([file, text]) => {
    const name = path.basename(file).split(".")[0] ?? "";
    const isDrawer = /(^|-)(utils?|helpers?|common|misc)$/.test(name);
    const statements = CODE.test(file) ? parse(file, text).statements : [];
    const isBarrel =
      statements.length > 0 &&
      statements.every((statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined);
    return isDrawer || isBarrel || name === "index" ? [file] : [];
  });
}

function tooLong(sources: Sources): string[] {
  return [...sources]
    .filter(([file, text]) => linesOf(text) > (LONGER_FILES.get(file) ?? MAX_LINES_PER_FILE))
    .map(([file]) => file);
}

function linesOf(text: string): number {
  return text.split("\n").length - 1;
}

/** A function's own lines are those that no function inside it has. */
function longFunctions(sources: Sources): string[] {
  return [...sources]
    .filter(([file]) => CODE.test(file))
    .flatMap(([file, text]) => {
      const source = parse(file, text);
      const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line;
      const long: string[] = [];
      /** Returns the lines of functions in `node`, without the line on which each begins. */
      const visit = (node: ts.Node): number => {
        let inner = 0;
        ts.forEachChild(node, (child) => void (inner += visit(child)));
        if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return inner;
        const lines = lineOf(node.end) - lineOf(node.getStart()) + 1;
        if (lines - inner > MAX_LINES_PER_FUNCTION) long.push(`${file}: ${node.name?.getText() ?? "anonymous"}`);
        return lines - 1;
      };
      visit(source);
      return long;
    });
}

function consoleWriters(sources: Sources): string[] {
  return [...sources]
    .filter(
      ([file, text]) => CODE.test(file) && moduleOf(file) !== "commands" && /(?<![\w.`])console\.\w+\(/.test(text),
    )
    .map(([file]) => file);
}

function importsOf(sources: Sources): Import[] {
  return [...sources].filter(([file]) => CODE.test(file)).flatMap(([file, text]) => importsIn(file, text));
}

function importsIn(from: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Expression, kind: Import["kind"]) => {
    if (ts.isStringLiteral(specifier)) found.push({ from, target: targetOf(from, specifier.text), kind });
  };
  const visit = (node: ts.Node): void => {
    // `import { type A }` still loads the module, since verbatimModuleSyntax is on.
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? "type" : "value");
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined)
      add(node.moduleSpecifier, node.isTypeOnly ? "type" : "value");
    else if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword &&
      node.arguments[0] !== undefined
    )
      add(node.arguments[0], "dynamic");
    ts.forEachChild(node, visit);
  };
  visit(parse(from, text));
  return found;
}

function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(
    file,
    text,
    ts.ScriptTarget.ES2022,
    true,
    file.endsWith("x") ? ts.ScriptKind.TSX : undefined,
  );
}

function targetOf(from: string, specifier: string): string {
  if (specifier.startsWith("~/")) return `app/${specifier.slice(2)}`;
  return specifier.startsWith(".") ? path.posix.join(path.posix.dirname(from), specifier) : specifier;
}

function isOfApp(target: string): boolean {
  return target.startsWith("app/");
}

/** The folder in app/, or the name of a file that lies in app/ itself; empty for packages. */
function moduleOf(file: string): string {
  const [top, first = "", ...rest] = file.split("/");
  if (top !== "app") return "";
  return rest.length > 0 ? first : first.replace(/\.(ts|tsx)$/, "");
}

function show({ from, target, kind }: Import): string {
  return `${from} → ${target} (${kind})`;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.posix.join(entry.parentPath, entry.name));
}
