import { Form, useNavigate } from "@remix-run/react";
import { useEffect, useRef, type ChangeEvent } from "react";
import type { ProductListView } from "~/cart/list-products.server";
import { t } from "~/words/words";
import { listAddress } from "./list-address";

const SORT_TEXTS = {
  price: "products.sort.price",
  "-price": "products.sort.-price",
  newest: "products.sort.newest",
} as const;

type SortFormProps = Pick<ProductListView, "search" | "sort" | "sorts">;

/** Sorts the list as soon as an order is chosen; without scripts, with its button. */
export function SortForm({ search, sort, sorts }: SortFormProps) {
  const navigate = useNavigate();
  const select = useRef<HTMLSelectElement>(null);
  useEffect(() => {
    // After "back", the field would still show the order of the page that was left.
    if (select.current !== null) select.current.value = sort ?? "";
  }, [sort]);

  function choose({ target }: ChangeEvent<HTMLSelectElement>): void {
    const chosen = sorts.find((known) => known === target.value) ?? null;
    navigate(listAddress({ search, sort: chosen }), { preventScrollReset: true });
  }
  return (
    <Form action="/" className="sort">
      {search !== "" && <input type="hidden" name="q" value={search} />}
      <label>
        {t("products.sortBy")}
        <select name="sort" defaultValue={sort ?? ""} onChange={choose} ref={select}>
          <option value="">{t("products.sort.default")}</option>
          {sorts.map((known) => (
            <option key={known} value={known}>
              {t(SORT_TEXTS[known])}
            </option>
          ))}
        </select>
      </label>
      <noscript>
        <button type="submit" className="button quiet">
          {t("products.sortApply")}
        </button>
      </noscript>
    </Form>
  );
}
