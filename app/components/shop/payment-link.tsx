import { paymentLinkTexts } from "~/components/texts";

/** The way to a payment page that no form may lead to. */
export function PaymentLink({ url }: { url: string }) {
  return (
    <section className="notice-page">
      <h1>{paymentLinkTexts.title}</h1>
      <p>{paymentLinkTexts.text}</p>
      <a href={url} className="button">
        {paymentLinkTexts.link}
      </a>
    </section>
  );
}
