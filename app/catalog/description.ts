import { Parser } from "htmlparser2";

const OWN_LINE = names("address article aside dd div dt figcaption figure footer header hr li main nav section tr");
const OWN_PARAGRAPH = names("blockquote dl h1 h2 h3 h4 h5 h6 ol p pre table ul");
const CELL = names("td th");
/** Their contents are not for reading. */
const HIDDEN = names("head iframe noscript object script select style svg template textarea title video");

/** A closing tag, an element that is often not closed, a comment or an entity. "5 < 6 and a > b" has none of them. */
const HTML = /<\/[a-z][^<>]*>|<(?:br|hr|img|li|p)(?:\s[^<>]*)?\/?>|<!--|&(?:#\d+|#x[\da-f]+|[a-z]+\d*);/i;
const BREAKING = new RegExp(`<(?:br|${[...OWN_LINE, ...OWN_PARAGRAPH].join("|")})[\\s/>]`, "i");

/** Stand for breaks around elements until all are known: adjacent ones count once. */
const LINE = "\u2028";
const PARAGRAPH = "\u2029";

/**
 * A description as plain text: line breaks of plain text stay, and HTML becomes what it would read as, without formatting and scripts.
 * In HTML that breaks lines itself, those of its source are spaces.
 *
 * @example
 * descriptionText("<p>Two<br>lines &amp; more</p>"); // "Two\nlines & more"
 */
export function descriptionText(text: string): string {
  return HTML.test(text) ? textOfHtml(text) : text.trim();
}

function textOfHtml(html: string): string {
  const keepsLines = !BREAKING.test(html);
  const parts: string[] = [];
  let hidden = 0;
  let preformatted = 0;

  function boundary(name: string): void {
    if (OWN_PARAGRAPH.has(name)) parts.push(PARAGRAPH);
    else if (OWN_LINE.has(name)) parts.push(LINE);
    else if (CELL.has(name)) parts.push(" ");
  }
  const parser = new Parser({
    onopentagname(name) {
      if (HIDDEN.has(name)) hidden += 1;
      if (name === "pre") preformatted += 1;
      if (name === "br") parts.push("\n");
      boundary(name);
    },
    ontext(text) {
      if (hidden === 0) parts.push(keepsLines || preformatted > 0 ? text : text.replace(/[\t\n\f\r ]+/g, " "));
    },
    onclosetag(name) {
      if (HIDDEN.has(name)) hidden -= 1;
      if (name === "pre") preformatted -= 1;
      boundary(name);
    },
  });
  parser.end(html);
  return parts.join("").replace(/\s+/g, space).trim();
}

/** What a run of spaces and breaks reads as: one empty line at most. */
function space(run: string): string {
  const breaks = run.replace(/[^\n\u2028\u2029]/g, "");
  if (breaks === "") return run.length === 1 ? run : " ";
  // The last <br> of a block ends the line that the block would end; one after a block is an empty line.
  const lines = breaks.split("\n").length - 1 + (breaks.startsWith(LINE) ? 1 : 0);
  return breaks.includes(PARAGRAPH) || lines > 1 ? "\n\n" : "\n";
}

function names(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}
