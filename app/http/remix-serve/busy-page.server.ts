import { html } from "hono/html";
import { site } from "~/words/site";
import { t } from "~/words/words";

/** The response to a shopper whose page the server is too busy to render. Takes no script, style sheet or picture, and little time. */
export async function busyPage(): Promise<Response> {
  const { name, locale, direction } = site();
  const page = html`<!doctype html>
    <html lang="${locale}" dir="${direction}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${t("error.unavailable.title")} · ${name}</title>
      </head>
      <body>
        <main>
          <h1>${t("error.unavailable.title")}</h1>
          <p>${t("error.busy.text")}</p>
          <p><a href="">${t("nav.tryAgain")}</a></p>
        </main>
      </body>
    </html>`;
  return new Response(await page, {
    status: 503,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
      "Retry-After": "5",
    },
  });
}
