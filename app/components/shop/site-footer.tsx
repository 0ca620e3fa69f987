import { site } from "~/words/site";
import { t } from "~/words/words";
import { durationText } from "./duration-text";
import { Rich } from "./rich";

export function SiteFooter() {
  const { name, tagline, links, supportEmail, holdMs } = site();
  return (
    <footer className="site-footer">
      <p>{tagline === null ? name : `${name} · ${tagline}`}</p>
      <p>{t("shop.promiseAll", { duration: durationText(holdMs) })}</p>
      {supportEmail !== null && (
        <p>
          <Rich
            text={(email) => t("shop.contact", { email })}
            value={<a href={`mailto:${supportEmail}`}>{supportEmail}</a>}
          />
        </p>
      )}
      {links.length > 0 && (
        <nav aria-label={t("shop.links")}>
          <ul className="next-links">
            {links.map(({ label, url }) => (
              <li key={label}>
                <a href={url}>{label}</a>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </footer>
  );
}
