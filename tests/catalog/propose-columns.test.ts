import { describe, expect, it } from "vitest";
import { proposeColumns } from "~/catalog/propose-columns";

const proposed = (names: string) => proposeColumns(names.split(" "));

describe("a proposal from the names of columns", () => {
  it.each([
    ["id title price stock image_urls attributes", "id,name=title,price,inventory=stock,image=image_urls"],
    [
      "artwork_id title description_html price_eur pieces_left photos state",
      "id=artwork_id,name=title,price=price_eur,inventory=pieces_left,description=description_html,image=photos",
    ],
    [
      "category_id product_id product_name unit_price qty",
      "id=product_id,name=product_name,price=unit_price,inventory=qty",
    ],
    ["slug name price_cents stock_quantity", "id=slug,name,price=price_cents,inventory=stock_quantity"],
  ])("%s", (names, text) => {
    expect(proposed(names)).toMatchObject({ text, isComplete: true });
  });

  it("says which field has no column, and uses no column twice", () => {
    expect(proposed("id label in_stock")).toMatchObject({
      text: "id,name=label,price=COLUMN,inventory=COLUMN",
      isComplete: false,
    });
    expect(proposed("id created_at")).toMatchObject({
      text: "id,name=COLUMN,price=COLUMN,inventory=COLUMN",
      isComplete: false,
    });
  });

  it("sees prices in cents", () => {
    expect(proposed("id name price_cents stock").hasMinorPrice).toBe(true);
    expect(proposed("id name price stock").hasMinorPrice).toBe(false);
  });
});
