/** The error object of Stripe's API, as its clients see it under `error`. Source: docs.stripe.com/api/errors */
export interface StripeErrorFields {
  type: "invalid_request_error" | "api_error" | "card_error" | "idempotency_error" | "rate_limit_error";
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
}

/**
 * An answer that is an error. `executed` says whether the endpoint had begun its work: only then does Stripe keep the
 * answer under an idempotency key (validation faults and conflicts are not kept).
 */
export class StripeApiError extends Error {
  override readonly name = "StripeApiError";
  readonly status: number;
  readonly fields: StripeErrorFields;
  readonly executed: boolean;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    fields: StripeErrorFields,
    options: { executed: boolean; headers?: Readonly<Record<string, string>> },
  ) {
    super(fields.message);
    this.status = status;
    this.fields = fields;
    this.executed = options.executed;
    this.headers = options.headers ?? {};
  }

  body(requestId: string): { error: Record<string, string> } {
    const { code } = this.fields;
    return {
      error: {
        ...this.fields,
        ...(code !== undefined && { doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll("_", "-")}` }),
        request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}`,
      },
    };
  }
}

/** 400: a parameter is at fault; nothing was executed, so no key remembers it. */
export function invalidParam(message: string, details: { code?: string; param?: string } = {}): StripeApiError {
  return new StripeApiError(400, { type: "invalid_request_error", message, ...details }, { executed: false });
}

/** 400: well formed, but the state of things does not allow it; kept under an idempotency key. */
export function refused(message: string, details: { code?: string; param?: string } = {}): StripeApiError {
  return new StripeApiError(400, { type: "invalid_request_error", message, ...details }, { executed: true });
}

/** 404 when the address names the object, 400 when a parameter does. */
export function noSuch(kind: string, id: string, param: string, status: 400 | 404 = 404): StripeApiError {
  const shown = kind === "checkout.session" ? id : `'${id}'`;
  return new StripeApiError(
    status,
    { type: "invalid_request_error", code: "resource_missing", message: `No such ${kind}: ${shown}`, param },
    { executed: true },
  );
}
