import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

/** Attributes whose values people read or hear. */
const READ_ATTRIBUTES = new Set([
  "aria-label",
  "aria-description",
  "aria-roledescription",
  "alt",
  "title",
  "placeholder",
  "label",
]);
/** Operators whose value may be one of their operands, unlike that of a comparison. */
const JOINERS = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.PlusToken,
]);
/** What shoppers see. The admin page is in English. */
const SHOP = filesOf("app/components/shop", "app/components", "app/availability", "app/routes").filter(
  (file) => !file.startsWith("app/routes/admin") && file.endsWith(".tsx"),
);

describe("what shoppers read comes from app/words", () => {
  it("in every page and component of the shop", () => {
    const files = [...SHOP, "app/root.tsx", "app/entry.server.tsx", "app/entry.client.tsx"];
    expect(files.length).toBeGreaterThan(30);
    expect(files.flatMap((file) => wordsIn(file, readFileSync(file, "utf8")))).toEqual([]);
  });

  it("in every function that returns a text for them", () => {
    const files = filesOf("app/components/shop", "app/components", "app/cart", "app/availability");
    expect(files.length).toBeGreaterThan(40);
    expect(files.flatMap((file) => sentencesIn(file, readFileSync(file, "utf8")))).toEqual([]);
  });

  it("and other words would be found (negative control)", () => {
    const component = `
      const A = () => <p className="button quiet" aria-label="Close" title={"Sold out"} alt={\`Picture of \${name}\`}>
        Your cart
        {isOpen ? "Open" : t("cart.title")}
        {state === "open" && "Empty"}
        · {"×"} {t("cart.close")}
      </p>;
      const meta = () => [{ title: "Cart" }, { title: pageTitle("Order") }, { name: "robots", content: "noindex" }];`;
    expect(wordsIn("a.tsx", component)).toEqual(
      ["Close", "Sold out", "Picture of", "Your cart", "Open", "Empty", "Cart", "Order"].map(
        (words) => `a.tsx: ${words}`,
      ),
    );
    const texts =
      'f("Only 2 left."); g(`Held until ${time}.`); throw new Error("the site is not set yet"); t("cart.title");';
    expect(sentencesIn("a.ts", texts)).toEqual(["a.ts: Only 2 left.", "a.ts: Held until  ."]);
  });
});

/** Words in JSX, in attributes that are read, and in page titles, which no function translates. */
function wordsIn(file: string, text: string): string[] {
  const found: string[] = [];
  const keep = (words: string) => void (/\p{L}{2,}/u.test(words) && found.push(`${file}: ${words.trim()}`));
  const keepLiterals = (node: ts.Node | undefined): void => {
    if (node === undefined) return;
    if (ts.isStringLiteralLike(node)) keep(node.text);
    else if (ts.isTemplateExpression(node)) keep(textOf(node));
    else if (ts.isJsxExpression(node)) keepLiterals(node.expression);
    else if (ts.isParenthesizedExpression(node)) keepLiterals(node.expression);
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(keepLiterals);
    else if (ts.isBinaryExpression(node) && JOINERS.has(node.operatorToken.kind))
      [node.left, node.right].forEach(keepLiterals);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) keep(node.text);
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) keepLiterals(node.expression);
    if (ts.isJsxAttribute(node) && READ_ATTRIBUTES.has(node.name.getText())) keepLiterals(node.initializer);
    if (ts.isPropertyAssignment(node) && node.name.getText() === "title") keepLiterals(node.initializer);
    if (ts.isCallExpression(node) && node.expression.getText() === "pageTitle") node.arguments.forEach(keepLiterals);
    ts.forEachChild(node, visit);
  };
  visit(parse(file, text));
  return found;
}

/** Literals that read as a sentence: several words that end with a mark. */
function sentencesIn(file: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const literal = ts.isStringLiteralLike(node) ? node.text : ts.isTemplateExpression(node) ? textOf(node) : "";
    if (/\p{L} .*[.!?…]$/u.test(literal)) found.push(`${file}: ${literal}`);
    ts.forEachChild(node, visit);
  };
  visit(parse(file, text));
  return found;
}

/** A template's own text, with a space for each value. */
function textOf(template: ts.TemplateExpression): string {
  return [template.head, ...template.templateSpans.map(({ literal }) => literal)].map(({ text }) => text).join(" ");
}

function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

function filesOf(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => path.posix.join(folder, name)),
  );
}
