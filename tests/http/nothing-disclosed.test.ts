import { describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import { asProblem, json } from "~/http/problem.server";

describe("an outage", () => {
  const outage = new UnavailableError(
    'The key may not do this with the table "products": permission denied for table products',
    {
      cause: new Error("connect ECONNREFUSED 10.0.0.7:5432"),
      retryAfterSeconds: 7,
    },
  );

  it("is told without what only the merchant should know: tables, columns, addresses, the database's own words", async () => {
    const answer = asProblem(outage)?.toResponse();
    expect(answer?.status).toBe(503);
    expect(answer?.headers.get("Retry-After")).toBe("7");
    const text = (await answer?.text()) ?? "";
    expect(text).toContain('"code":"unavailable"');
    expect(text).not.toMatch(/products|permission|ECONNREFUSED|5432/);
  });
});

describe("an answer in JSON", () => {
  it("is never taken for a page, whatever a product is called", () => {
    const { headers } = json({ name: "<script>alert(1)</script>" });
    expect(headers.get("Content-Type")).toBe("application/json; charset=utf-8");
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
  });
});
