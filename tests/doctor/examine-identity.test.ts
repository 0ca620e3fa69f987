import { expect, it } from "vitest";
import { examineIdentity } from "~/doctor/examine-identity";

const ALL = {
  SHOP_NAME: "Kiln",
  SHOP_TAGLINE: "Pots",
  SUPPORT_EMAIL: "hello@kiln.test",
  SHOP_LINKS: "Terms=https://kiln.test/terms",
  SHOP_ACCENT: "#663399",
  SHOP_LOGO_URL: "https://kiln.test/logo.svg",
};
const textsOf = (given: Partial<typeof ALL>) =>
  examineIdentity({ given, shopName: "shop.test" }).map(({ state, text }) => `${state}: ${text}`);

it("what is not set is noted in one line, with what shoppers see instead", () => {
  const [unset = "", ...others] = textsOf({ ...ALL, SHOP_NAME: " ", SHOP_LINKS: "" });
  expect(unset).toMatch(/^note: .*SHOP_NAME \(the shop is called shop\.test\), SHOP_LINKS \(.*imprint\)\.$/);
  expect(unset).not.toContain("SUPPORT_EMAIL");
  expect(others).toHaveLength(1);
  for (const name of Object.keys(ALL)) expect(textsOf({})[0]).toContain(`${name} (`);
});

it("receipts, which only Stripe's dashboard knows of, are always mentioned", () => {
  expect(textsOf(ALL)).toEqual([expect.stringMatching(/^note: .*Customer emails, "Successful payments".*test mode/)]);
});
