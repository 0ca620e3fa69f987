// @ts-check
import { createRequire } from "node:module";
import ts from "typescript";
import { missingIn } from "./missing-apis.js";

/** @type {import("@mdn/browser-compat-data").CompatData} */
const { api, javascript } = createRequire(import.meta.url)("@mdn/browser-compat-data");

/**
 * Reports APIs that a supported browser lacks. Uses types, to find `list.toSorted()` as well as `URL.canParse`: whatever
 * TypeScript's own libraries declare is looked up in MDN's compatibility data. APIs unknown there pass.
 * @type {import("eslint").Rule.RuleModule}
 */
export const browserSupport = {
  meta: {
    type: "problem",
    schema: [],
    messages: { tooNew: "{{name}} is missing in {{browsers}}, a supported browser (.eslint/browser-targets.js)." },
  },
  create(context) {
    /** @type {{ program: ts.Program, esTreeNodeToTSNodeMap: { get(node: unknown): ts.Node } }} */
    const services = context.sourceCode.parserServices;
    const checker = services.program.getTypeChecker();

    /** @param {import("estree").Node} node */
    function check(node) {
      const symbol = checker.getSymbolAtLocation(services.esTreeNodeToTSNodeMap.get(node));
      for (const declaration of symbol?.declarations ?? []) {
        if (!services.program.isSourceFileDefaultLibrary(declaration.getSourceFile())) return;
        const feature = featureOf(declaration);
        const browsers = feature === null ? [] : missingIn(feature.entry);
        if (feature !== null && browsers.length > 0)
          return context.report({
            node,
            messageId: "tooNew",
            data: { name: feature.name, browsers: browsers.join(", ") },
          });
      }
    }

    return {
      MemberExpression: ({ property, computed }) => (computed ? undefined : check(property)),
      Identifier(node) {
        const isProperty = node.parent.type === "MemberExpression" && node.parent.property === node;
        if (!isProperty && !node.parent.type.startsWith("TS")) check(node);
      },
    };
  },
};

/**
 * The entry for a declaration in the compatibility data.
 * @param {ts.Declaration} declaration
 */
function featureOf(declaration) {
  const name = ts.getNameOfDeclaration(declaration)?.getText();
  if (name === undefined) return null;
  const { owner, isStatic } = ownerOf(declaration);
  if (owner === null) return found(name, api[name] ?? api.Window?.[name] ?? javascript.builtins?.[name]);
  const builtin = javascript.builtins?.[owner.replace(/Constructor$/, "")];
  return found(
    `${owner.replace(/Constructor$/, "")}.${name}`,
    builtin?.[name] ?? api[owner]?.[isStatic ? `${name}_static` : name],
  );
}

/** @param {ts.Declaration} declaration */
function ownerOf({ parent }) {
  if (ts.isInterfaceDeclaration(parent)) return { owner: parent.name.text, isStatic: false };
  // declare var URL: { canParse(…): … }
  if (ts.isTypeLiteralNode(parent) && ts.isVariableDeclaration(parent.parent))
    return { owner: parent.parent.name.getText(), isStatic: true };
  return { owner: null, isStatic: false };
}

/**
 * @param {string} name
 * @param {import("@mdn/browser-compat-data").Identifier | undefined} entry
 */
function found(name, entry) {
  return entry?.__compat === undefined ? null : { name, entry: entry.__compat };
}
