import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

/** The layout rules of the house, over the sources as they are written. */

interface Import {
  readonly from: string;
  /** A path in app/ without its extension, or the name of a package as it is imported. */
  readonly target: string;
  readonly kind: "type" | "value" | "dynamic";
}

type Sources = ReadonlyMap<string, string>;

const CODE = /\.(ts|tsx|js)$/;
const app: Sources = new Map(filesBelow("app").map((file) => [file, readFileSync(file, "utf8")]));
const imports = importsOf(app);

describe("layout", () => {
  it("reservations knows no other room, and no Remix, Stripe or Supabase", () => {
    expect(strayFromReservations(imports)).toEqual([]);
  });

  it("supabase-js is known to catalog only, and the Stripe SDK to checkout only", () => {
    expect(sdkOutsideItsRoom(imports)).toEqual([]);
  });

  it("the sandbox is reached by dynamic import only, but for the commands that are about it", () => {
    expect(boundToSandbox(imports)).toEqual([]);
  });

  it("the sandbox stands alone: it plays what is outside and knows no room", () => {
    expect(
      imports
        .filter(({ from, target }) => roomOf(from) === "sandbox" && isOfApp(target) && roomOf(target) !== "sandbox")
        .map(tell),
    ).toEqual([]);
  });

  it("checkout and catalog know each other and the engine by their contracts, and nothing of the web", () => {
    const known: Record<string, readonly string[]> = {
      catalog: ["errors"],
      checkout: ["errors", "catalog", "reservations"],
    };
    const stray = imports.filter(({ from, target }) => {
      const rooms = known[roomOf(from)];
      return (
        rooms !== undefined &&
        (/^(@remix-run|react)/.test(target) || (isOfApp(target) && ![roomOf(from), ...rooms].includes(roomOf(target))))
      );
    });
    expect(stray.map(tell)).toEqual([]);
    // The catalog is handed in, so of its room only types are needed.
    expect(
      imports
        .filter(
          ({ from, target, kind }) => roomOf(from) === "checkout" && roomOf(target) === "catalog" && kind !== "type",
        )
        .map(tell),
    ).toEqual([]);
  });

  it("components import only types from the rooms of the server", () => {
    expect(valuesInComponents(imports)).toEqual([]);
  });

  it("the browser's end of the availability feed takes only types from the server's", () => {
    const mayUse = /^(react|@remix-run\/react|app\/availability\/(live-product|watch-availability)|zod)$/;
    const stray = imports.filter(
      ({ from, target, kind }) =>
        /^app\/availability\/(live-stock|watch-availability)\.tsx?$/.test(from) &&
        kind !== "type" &&
        !mayUse.test(target),
    );
    expect(stray.map(tell)).toEqual([]);
  });

  it("HTTP errors are made in routes, the API and http only; every other module returns outcomes", () => {
    expect(problemsElsewhere(imports)).toEqual([]);
  });

  it("nothing imports a route", () => {
    expect(importsOfRoutes(imports)).toEqual([]);
  });

  it("rooms are wired in one place, and only the web side asks for the container", () => {
    expect(containerSeenBeyond(imports)).toEqual([]);
    expect(wiredElsewhere(imports)).toEqual([]);
  });

  it("whatever builds on a server module is one itself, or a route whose server part Remix takes out", () => {
    const mayUseServer = /\.server\.tsx?$|^app\/(routes|commands)\/|^app\/root\.tsx$/;
    const stray = imports.filter(
      ({ from, target, kind }) => kind === "value" && target.endsWith(".server") && !mayUseServer.test(from),
    );
    expect(stray.map(tell)).toEqual([]);
  });

  it("there is no drawer for odds and ends, and no barrel", () => {
    expect(drawersAndBarrels(app)).toEqual([]);
  });

  it("no file of the application is longer than 300 lines", () => {
    expect(tooLong(app)).toEqual([]);
  });

  it("nothing but the commands writes to the console", () => {
    expect(consoleWriters(app)).toEqual([]);
  });

  it("is really looked at: each rule catches a file that breaks it", () => {
    const broken = new Map([
      ["app/reservations/bad.ts", `import { x } from "~/catalog/catalog";\nimport Stripe from "stripe";`],
      [
        "app/cart/bad.ts",
        `import { createClient } from "@supabase/supabase-js";\nimport type Stripe from "stripe";\nexport { y } from "../sandbox/demo-products";`,
      ],
      [
        "app/components/bad.tsx",
        `import { type Cart, hash } from "~/cart/cart-session.server";\nimport { loader } from "../routes/cart";`,
      ],
      [
        "app/checkout/bad.ts",
        `import { container } from "~/boot/container.server";\nimport { createSupabaseCatalog } from "~/catalog/supabase-catalog.server";`,
      ],
      ["app/limits/bad.ts", `import { Problem } from "~/http/problem.server";`],
      ["app/cart/utils.ts", "export const odds = 1;"],
      ["app/cart/everything.ts", `export * from "./bad";`],
      ["app/cart/long.ts", "\n".repeat(301)],
      ["app/cart/talk.ts", "console.info(1)"],
    ]);
    const found = importsOf(broken);
    expect(strayFromReservations(found)).toHaveLength(2);
    expect(sdkOutsideItsRoom(found)).toHaveLength(3);
    expect(boundToSandbox(found)).toHaveLength(1);
    expect(valuesInComponents(found)).toHaveLength(2);
    expect(problemsElsewhere(found)).toHaveLength(1);
    expect(importsOfRoutes(found)).toHaveLength(1);
    expect(containerSeenBeyond(found)).toHaveLength(1);
    expect(wiredElsewhere(found)).toHaveLength(1);
    expect(drawersAndBarrels(broken)).toEqual(["app/cart/utils.ts", "app/cart/everything.ts"]);
    expect(tooLong(broken)).toHaveLength(1);
    expect(consoleWriters(broken)).toHaveLength(1);
    expect(imports.length).toBeGreaterThan(200);
  });
});

describe("what browsers are sent", () => {
  /** Words that only the server's code has, each with the module that must have it, so that no marker goes stale. */
  const markers = {
    SUPABASE_SECRET_KEY: "app/env.server.ts",
    whsec_sandbox: "app/env.server.ts",
    "holdfast-session": "app/cart/cart-session.server.ts",
    compareAndSwap: "app/catalog/supabase-catalog.server.ts",
    reservations_ended_total: "app/telemetry/metrics.server.ts",
    "the stock was read too slowly": "app/reservations/reserve.ts",
    "node:crypto": "app/cart/cart-session.server.ts",
    timingSafeEqual: "app/http/operator.server.ts",
    "This request came from another site": "app/http/origin.server.ts",
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
    expect(scripts.some(({ text }) => text.includes("Your cart is empty"))).toBe(true);
  });
});

function strayFromReservations(found: readonly Import[]): string[] {
  const mayKnow = (target: string) =>
    isOfApp(target)
      ? ["reservations", "errors"].includes(roomOf(target))
      : !/^(@remix-run|react|stripe|@supabase|@stripe)/.test(target);
  return found.filter(({ from, target }) => roomOf(from) === "reservations" && !mayKnow(target)).map(tell);
}

function sdkOutsideItsRoom(found: readonly Import[]): string[] {
  const isStray = ({ from, target, kind }: Import) => {
    if (target === "@supabase/supabase-js") return roomOf(from) !== "catalog";
    if (target !== "stripe") return false;
    // The stand-in describes Stripe's objects by the SDK's own types.
    return roomOf(from) !== "checkout" && !(roomOf(from) === "sandbox" && kind === "type");
  };
  return found.filter(isStray).map(tell);
}

function boundToSandbox(found: readonly Import[]): string[] {
  const inward = found.filter(({ from, target }) => roomOf(target) === "sandbox" && roomOf(from) !== "sandbox");
  return inward.filter(({ from, kind }) => kind === "value" && roomOf(from) !== "commands").map(tell);
}

function valuesInComponents(found: readonly Import[]): string[] {
  // The browser's end of the availability feed, what draws charts, and the address of a product, which links and the server share.
  const ofBrowsers = new Set([
    "react",
    "@remix-run/react",
    "app/availability/live-stock",
    "uplot",
    "app/catalog/product-address",
  ]);
  const mayUse = (target: string) => roomOf(target) === "components" || ofBrowsers.has(target);
  return found
    .filter(({ from, target, kind }) => roomOf(from) === "components" && kind !== "type" && !mayUse(target))
    .map(tell);
}

function problemsElsewhere(found: readonly Import[]): string[] {
  return found
    .filter(
      ({ from, target }) => target === "app/http/problem.server" && !["routes", "api", "http"].includes(roomOf(from)),
    )
    .map(tell);
}

function importsOfRoutes(found: readonly Import[]): string[] {
  return found.filter(({ target }) => target.startsWith("app/routes/")).map(tell);
}

function containerSeenBeyond(found: readonly Import[]): string[] {
  const web = new Set(["routes", "http", "root", "entry.server"]);
  return found
    .filter(
      ({ from, target, kind }) => target === "app/boot/container.server" && kind !== "type" && !web.has(roomOf(from)),
    )
    .map(tell);
}

/** Whoever imports a driver in earnest has chosen for everybody. */
function wiredElsewhere(found: readonly Import[]): string[] {
  const drivers =
    /^app\/(catalog\/supabase-catalog|checkout\/(create-checkout|stripe-client|stripe-gateway|[a-z]+-lease-store)|reservations\/(memory|redis)-reservation-store|telemetry\/(log|metrics|observe-.*))\.server$/;
  const wiring = new Set(["create-container.server", "create-holds.server", "commands"]);
  return found
    .filter(
      ({ from, target, kind }) =>
        kind !== "type" && drivers.test(target) && roomOf(from) !== roomOf(target) && !wiring.has(roomOf(from)),
    )
    .map(tell);
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
  return [...sources].filter(([, text]) => text.split("\n").length - 1 > 300).map(([file]) => file);
}

function consoleWriters(sources: Sources): string[] {
  return [...sources]
    .filter(([file, text]) => CODE.test(file) && roomOf(file) !== "commands" && /(?<![\w.`])console\.\w+\(/.test(text))
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
function roomOf(file: string): string {
  const [top, first = "", ...rest] = file.split("/");
  if (top !== "app") return "";
  return rest.length > 0 ? first : first.replace(/\.(ts|tsx)$/, "");
}

function tell({ from, target, kind }: Import): string {
  return `${from} → ${target} (${kind})`;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.posix.join(entry.parentPath, entry.name));
}
