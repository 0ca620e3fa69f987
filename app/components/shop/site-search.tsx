import { Form, useLocation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { t } from "~/words/words";

/** Searches the products. On the list it shows what was searched for, and the results keep the list's order. */
export function SiteSearch() {
  const { pathname, search } = useLocation();
  const list = new URLSearchParams(pathname === "/" ? search : "");
  const words = list.get("q") ?? "";
  const sort = list.get("sort") ?? "";
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // React sets a default only once, but the header stays from page to page.
    if (field.current !== null) field.current.value = words;
  }, [words]);
  return (
    <Form action="/" role="search" className="search">
      <label htmlFor="search" className="visually-hidden">
        {t("nav.searchFor")}
      </label>
      <input
        id="search"
        type="search"
        name="q"
        maxLength={100}
        placeholder={t("nav.searchFor")}
        defaultValue={words}
        ref={field}
      />
      {sort !== "" && <input type="hidden" name="sort" value={sort} />}
      <button type="submit" className="button quiet">
        {t("nav.search")}
      </button>
    </Form>
  );
}
