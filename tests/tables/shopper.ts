/** What a person sees in the shop, read from its pages. */
import { Caller, pay, type HttpResponse } from "../api/http-client";

export interface Seen {
  readonly name: string;
  readonly price: string;
  readonly stock: string;
  readonly image: string | null;
}

export class Shopper extends Caller {
  /** The cards of the list or a search, all pages. */
  async list(search = ""): Promise<readonly Seen[]> {
    const page = await this.page(`/?${new URLSearchParams({ q: search }).toString()}`);
    return [...page.matchAll(/<article class="card".*?<\/article>/gs)].map(([card]) => seenIn(card));
  }

  /** A product's page. `offer` is what it tells search engines, in minor units. */
  async product(id: string): Promise<Seen & { description: string; offer: { amount: number; currency: string } }> {
    const page = await this.page(`/products/${encodeURIComponent(id)}`);
    const [article = ""] = /<article class="product".*?<\/article>/s.exec(page) ?? [];
    const [, price = ""] = /"price":"?([\d.]+)/.exec(page) ?? [];
    const [, currency = ""] = /"priceCurrency":"(\w+)"/.exec(page) ?? [];
    return {
      ...seenIn(article),
      description: textOf(article, /class="description"[^>]*>(.*?)<\/(?:p|div)>/s),
      offer: { amount: Math.round(Number(price) * 100), currency: currency.toLowerCase() },
    };
  }

  /** Adds with the page's own form, and returns the cart's one line. */
  async buy(id: string, quantity: number): Promise<{ each: string; subtotal: string; total: string }> {
    const added = await this.form("/cart", { intent: "add", product_id: id, quantity: String(quantity) });
    if (added.status !== 303) throw new Error(`not added: ${added.status} ${plain(added.text).slice(0, 500)}`);
    const page = await this.page("/cart");
    return {
      each: textOf(page, /<p class="price">(.*?)<\/p>/s),
      subtotal: textOf(page, /<p class="subtotal">(.*?)<\/p>/s),
      total: textOf(page, /<strong>(.*?)<\/strong>/s),
    };
  }

  /** Pays with the cart's own form; what it showed goes along. Returns the Stripe session's id and the page that Stripe leads back to. */
  async pay(): Promise<{ checkoutId: string; orderPath: string }> {
    const cart = await this.page("/cart");
    const shown = /name="shown" value="([^"]*)"/.exec(cart)?.[1] ?? "";
    const response = await this.form("/checkout", { shown: unescaped(shown) });
    const { location } = response.headers;
    if (response.status !== 303 || location === undefined || !location.includes("/pay/"))
      throw new Error(`no payment page: ${response.status} ${location} ${plain(response.text).slice(0, 500)}`);
    const returned = new URL(await pay(location));
    return { checkoutId: /cs_\w+/.exec(location)?.[0] ?? "", orderPath: returned.pathname + returned.search };
  }

  form(path: string, form: Readonly<Record<string, string>>): Promise<HttpResponse> {
    return this.send("POST", path, { form, headers: { Origin: this.baseUrl } });
  }

  /** A page that must be there, as HTML. Follows redirects. */
  async page(path: string): Promise<string> {
    let response = await this.get(path, { Accept: "text/html" });
    for (let steps = 0; steps < 3 && response.headers.location !== undefined; steps += 1)
      response = await this.get(response.headers.location, { Accept: "text/html" });
    const { status, text } = response;
    if (status !== 200) throw new Error(`${path}: ${status} ${plain(text).slice(0, 500)}`);
    return text;
  }
}

function seenIn(html: string): Seen {
  return {
    name: textOf(html, /<h[12]>(.*?)<\/h[12]>/s),
    price: textOf(html, /<p class="price">(.*?)<\/p>/s),
    stock: textOf(html, /<p class="stock"[^>]*>(.*?)<\/p>/s),
    image: unescaped(/<img[^>]* src="([^"]*)"/.exec(html)?.[1] ?? "") || null,
  };
}

function textOf(html: string, pattern: RegExp): string {
  return plain(pattern.exec(html)?.[1] ?? "");
}

/** The text of a piece of HTML. */
export function plain(html: string): string {
  return unescaped(html.replace(/<(script|style)\b.*?<\/\1>/gs, "").replace(/<[^>]*>/g, "")).trim();
}

function unescaped(html: string): string {
  return html
    .replace(/\u00a0/g, " ")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#x27;/g, "'")
    .replace(/&amp;/g, "&");
}
