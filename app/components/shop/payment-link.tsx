import { paymentLinkTexts } from "~/components/texts";

/** A link to a payment page outside the origins that the CSP allows forms to redirect to. */
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
