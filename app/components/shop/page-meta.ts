import type { MetaDescriptor } from "@remix-run/node";
import type { StockView } from "~/availability/stock-view";
import type { ProductListView } from "~/cart/list-products.server";
import type { ProductView } from "~/cart/product-view.server";
import { productPath } from "~/catalog/product-address";
import { pageTitle } from "~/components/page-title";
import { site } from "~/words/site";
import { t } from "~/words/words";
import { durationText } from "./duration-text";

/** Metadata of the product list. It also says what shop this is. `siteUrl`: origin of the shop, without a trailing slash. */
export function listMeta({ search, page, pages }: ProductListView, siteUrl: string): MetaDescriptor[] {
  const { name, tagline } = site();
  const title = tagline === null ? name : `${name} · ${tagline}`;
  const hidden = (text: string) => [{ title: pageTitle(text) }, { name: "robots", content: "noindex" }];
  // There is no end of search URLs; only the list itself should be indexed.
  if (search !== "") return hidden(t("products.searchTitle", { search }));
  if (page > Math.max(1, pages)) return hidden(t("products.noSuchPage"));
  // The same products in another order are no other page.
  const url = page === 1 ? `${siteUrl}/` : `${siteUrl}/?page=${page}`;
  return [
    ...pageMeta({ title, description: tagline ?? `${name}. ${promise()}`, url, image: null }),
    { property: "og:type", content: "website" },
    { "script:ld+json": shopGraph(siteUrl) },
  ];
}

/** The shop and its website, as search engines may name them next to a result. */
function shopGraph(siteUrl: string) {
  const { name, supportEmail, logoUrl, locale } = site();
  const url = `${siteUrl}/`;
  return {
    "@context": "https://schema.org",
    "@graph": [
      {
        "@type": "Organization",
        name,
        url,
        ...(supportEmail === null ? {} : { email: supportEmail }),
        ...(logoUrl === null ? {} : { logo: logoUrl }),
      },
      {
        "@type": "WebSite",
        name,
        url,
        inLanguage: locale,
        potentialAction: {
          "@type": "SearchAction",
          target: { "@type": "EntryPoint", urlTemplate: `${url}?q={search_term_string}` },
          "query-input": "required name=search_term_string",
        },
      },
    ],
  };
}

/** Metadata of a product, with its availability at the time of the response. */
export function productMeta(
  { id, name, description, image, offer, forSale, stock }: ProductView,
  siteUrl: string,
): MetaDescriptor[] {
  const url = siteUrl + productPath(id);
  const picture = image === null ? null : absolute(image, siteUrl);
  const preview = picture === null ? null : previewOf(picture, siteUrl);
  const product = {
    "@context": "https://schema.org",
    "@type": "Product",
    name,
    description,
    sku: id,
    url,
    ...(picture === null ? {} : { image: picture }),
    ...(offer === null
      ? {}
      : {
          offers: {
            "@type": "Offer",
            ...offer,
            url,
            availability: `https://schema.org/${availabilityTerm(stock, forSale)}`,
            seller: { "@type": "Organization", name: site().name },
          },
        }),
  };
  return [
    ...pageMeta({
      title: pageTitle(name),
      description: description === "" ? `${name}. ${promise()}` : description,
      url,
      image: preview,
    }),
    { property: "og:type", content: "product" },
    { "script:ld+json": product },
  ];
}

function promise(): string {
  return t("shop.promiseAll", { duration: durationText(site().holdMs) });
}

/** A schema.org/ItemAvailability term. Held in carts is not sold out: a unit may become free within minutes. */
function availabilityTerm(
  { onHand, available }: StockView,
  forSale: boolean,
): "InStock" | "LimitedAvailability" | "SoldOut" | "OutOfStock" {
  if (!forSale) return "OutOfStock";
  if (onHand === 0) return "SoldOut";
  return available === 0 ? "LimitedAvailability" : "InStock";
}

/** The absolute URL, or null if the merchant's table has an invalid one. */
function absolute(address: string, siteUrl: string): string | null {
  try {
    return new URL(address, siteUrl).href;
  } catch {
    return null;
  }
}

/**
 * The picture of a link preview. Social networks do not show SVGs: the shop's own have a JPEG of 1200 × 630 next to them, and others
 * are left out.
 */
function previewOf(picture: string, siteUrl: string): string | null {
  if (!new URL(picture).pathname.endsWith(".svg")) return picture;
  return picture.startsWith(`${siteUrl}/products/`) ? picture.replace(/\.svg$/, ".jpg") : null;
}

function pageMeta({
  title,
  description,
  url,
  image,
}: {
  title: string;
  description: string;
  url: string;
  image: string | null;
}): MetaDescriptor[] {
  return [
    { title },
    { name: "description", content: description },
    { tagName: "link", rel: "canonical", href: url },
    { property: "og:site_name", content: site().name },
    { property: "og:locale", content: openGraphLocale(site().locale) },
    { property: "og:title", content: title },
    { property: "og:description", content: description },
    { property: "og:url", content: url },
    ...(image === null ? [] : [{ property: "og:image", content: image }]),
    { name: "twitter:card", content: image === null ? "summary" : "summary_large_image" },
  ];
}

/** "en_GB"; the most likely region for a locale without one. */
function openGraphLocale(locale: string): string {
  const { language, region = "" } = new Intl.Locale(locale).maximize();
  return `${language}_${region}`;
}
