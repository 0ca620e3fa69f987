import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { descriptionText } from "~/catalog/description";

describe("a description", () => {
  it.each([
    "One line",
    "Two\nlines",
    "A list:\n- one\n- two\n\nAnd an end.",
    "5 < 6 and a > b",
    "a<b and c>d",
    "I <3 this; R&D; AT&T",
    "Sizes <small> and <large>",
    "Write to <me@shop.test>",
    "if (a < b && c > d) { go(); }",
    "",
  ])("of plain text stays as it is: %j", (text) => {
    expect(descriptionText(text)).toBe(text);
  });

  it.each([
    ["<p>Two<br>lines &amp; more</p>", "Two\nlines & more"],
    ["<P>Two<BR/>lines</P>", "Two\nlines"],
    ["One<br />Two", "One\nTwo"],
    ["One<br>\n  Two", "One\nTwo"],
    ["<p>One</p>\n<p>Two</p>", "One\n\nTwo"],
    ["<p>One<p>Two", "One\n\nTwo"],
    ["<div>One</div><div>Two</div>", "One\nTwo"],
    ["<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"],
    ["<div>One<br></div><div>Two</div>", "One\nTwo"],
    ["One<br><br><br><br>Two", "One\n\nTwo"],
    ["<p>One</p><p>&nbsp;</p><p>Two</p>", "One\n\nTwo"],
    ["<h2>Care</h2><ul><li>Wash</li><li>Dry</li></ul>Done", "Care\n\nWash\nDry\n\nDone"],
    [
      "<table><tr><td>Height</td><td>9&nbsp;cm</td></tr><tr><td>Weight</td><td>1 kg</td></tr></table>",
      "Height 9\u00a0cm\nWeight 1 kg",
    ],
    ["<p>A long\n   sentence</p>", "A long sentence"],
    ["<pre>Height  9\nWeight  1</pre>", "Height 9\nWeight 1"],
    ["<strong>Bold</strong>\nsecond line", "Bold\nsecond line"],
    ["Salt &amp; pepper\n5 &lt; 6", "Salt & pepper\n5 < 6"],
    ["Caf&eacute; &#8364; &#x20AC; &unknown;", "Café € € &unknown;"],
    ["&lt;b&gt;not bold&lt;/b&gt;", "<b>not bold</b>"],
    ["<p>5 < 6 and a > b</p>", "5 < 6 and a > b"],
    ['<p onclick="alert(1)">Text</p>', "Text"],
    ["<script>alert('x < y')</script><p>Text</p>", "Text"],
    ["<style>p { color: red }</style>Text", "Text"],
    ["Text<!-- a comment -->", "Text"],
    ["<p>Text</p><script>never closed", "Text"],
    ['A <a href="https://shop.test">link</a> here', "A link here"],
    ['<img src="x.jpg" onerror="alert(1)">Text', "Text"],
    ["<iframe src=x>no frames</iframe><svg><title>t</title></svg>Text", "Text"],
    ["<p></p>", ""],
  ])("of HTML is its text: %j", (html, text) => {
    expect(descriptionText(html)).toBe(text);
  });

  it("has no tag left of HTML with random parts in it", () => {
    const part = fc.constantFrom(
      "<p>",
      "</p>",
      "<br>",
      "<b>",
      "</b>",
      "<li>",
      "<div>",
      "</div>",
      "<script>",
      "</script>",
      " ",
      "\n",
      "&amp;",
      "word",
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const text = descriptionText(`<p>${parts.join("")}</p>`);
        expect(text).not.toMatch(/[<>\u2028\u2029]|\n{3}/);
        expect(text).toBe(text.trim());
      }),
    );
  });

  it("takes no longer than its length allows", () => {
    const started = performance.now();
    for (const piece of ["<", "<p", "</", "&", "<p >", " \n", "<b ", "<!--", "<br>"])
      descriptionText(`${piece.repeat(100_000)}</p>`);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
