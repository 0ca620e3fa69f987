import { shop } from "~/components/texts";

export function SiteFooter() {
  return (
    <footer className="site-footer">
      <p>{shop.motto}.</p>
      <p>{shop.promise}</p>
    </footer>
  );
}
