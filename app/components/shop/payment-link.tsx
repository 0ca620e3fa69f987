import { t } from "~/words/words";

/** A link to a payment page outside the origins that the CSP allows forms to redirect to. */
export function PaymentLink({ url }: { url: string }) {
  return (
    <section className="notice-page">
      <h1>{t("payment.readyTitle")}</h1>
      <p>{t("payment.readyText")}</p>
      <a href={url} className="button">
        {t("payment.continue")}
      </a>
    </section>
  );
}
