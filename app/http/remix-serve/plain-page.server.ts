import { html } from "hono/html";
import { site } from "~/words/site";
import { t } from "~/words/words";

interface PlainPage {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** Where to go on. */
  readonly link: { readonly label: string; readonly href: string };
  readonly headers?: Readonly<Record<string, string>>;
}

/** A page for a browser whose request does not get as far as Remix. Takes no script, style sheet or picture, and little time. */
async function plainPage({ status, title, text, link, headers }: PlainPage): Promise<Response> {
  const { name, locale, direction } = site();
  const page = html`<!doctype html>
    <html lang="${locale}" dir="${direction}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${name}</title>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <p>${text}</p>
          <p><a href="${link.href}">${link.label}</a></p>
        </main>
      </body>
    </html>`;
  return new Response(await page, {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
      ...headers,
    },
  });
}

/** For a shopper whose page the server is too busy to render. */
export function busyPage(): Promise<Response> {
  return plainPage({
    status: 503,
    title: t("error.unavailable.title"),
    text: t("error.busy.text"),
    link: { label: t("nav.tryAgain"), href: "" },
    headers: { "Retry-After": "5" },
  });
}

/** For a shopper who followed a malformed link. */
export function malformedUrlPage(status: 400 | 414): Promise<Response> {
  return plainPage({
    status,
    title: t("error.notFound.title"),
    text: t("error.notFound.text"),
    link: { label: t("nav.allProducts"), href: "/" },
  });
}
