/** The `error` object in responses of Stripe's API. Source: https://docs.stripe.com/api/errors */
export interface StripeErrorFields {
  type: "invalid_request_error" | "api_error" | "card_error" | "idempotency_error" | "rate_limit_error";
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
}

/**
 * An error response. `executed` is true if the endpoint had started its work: only then does Stripe save the response
 * under the idempotency key (validation errors and conflicts are not saved).
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

/** 400 for an invalid parameter. Nothing was executed, so it is not saved under an idempotency key. */
export function invalidParam(message: string, details: { code?: string; param?: string } = {}): StripeApiError {
  return new StripeApiError(400, { type: "invalid_request_error", message, ...details }, { executed: false });
}

/** 400 for a valid request that the current state does not allow. Saved under the idempotency key. */
export function refused(message: string, details: { code?: string; param?: string } = {}): StripeApiError {
  return new StripeApiError(400, { type: "invalid_request_error", message, ...details }, { executed: true });
}

/** 404 if the path refers to the object, 400 if a parameter does. */
export function noSuch(kind: string, id: string, param: string, status: 400 | 404 = 404): StripeApiError {
  const shown = kind === "checkout.session" ? id : `'${id}'`;
  return new StripeApiError(
    status,
    { type: "invalid_request_error", code: "resource_missing", message: `No such ${kind}: ${shown}`, param },
    { executed: true },
  );
}
