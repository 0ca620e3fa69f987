import { note, type Finding } from "./finding";

interface IdentitySettings {
  /** Variables as they were given; blank ones count as unset. */
  readonly given: Readonly<Record<string, string | undefined>>;
  /** What the shop is called. */
  readonly shopName: string;
}

/** What makes the shop recognizable as the merchant's. It sells without any of it, so nothing fails. */
export function examineIdentity({ given, shopName }: IdentitySettings): Finding[] {
  const withoutIt = {
    SHOP_NAME: `the shop is called ${shopName}`,
    SHOP_TAGLINE: 'the list is headed "Products"',
    SUPPORT_EMAIL: "shoppers find no address to write to",
    SHOP_LINKS: "the footer has no terms, privacy policy or imprint",
    SHOP_ACCENT: "the sandbox's colour",
    SHOP_LOGO_URL: "no logo",
  };
  const unset = Object.entries(withoutIt).filter(([name]) => (given[name] ?? "").trim() === "");
  if (unset.length === 0) return [RECEIPTS];
  const list = unset.map(([name, meaning]) => `${name} (${meaning})`).join(", ");
  return [note(`Not set, see "Make it yours" in the README: ${list}.`), RECEIPTS];
}

/** The setting is in no object of Stripe's API. */
const RECEIPTS = note(
  'Turn on receipts in Stripe: Settings, Customer emails, "Successful payments". The order page says that the receipt is in the shopper\'s e-mail. In test mode Stripe sends none.',
);
