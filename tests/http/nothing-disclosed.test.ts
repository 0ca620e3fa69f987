import { describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import { asProblem, json } from "~/http/problem.server";

describe("an outage", () => {
  const outage = new UnavailableError(
    'The key lacks the rights for this on the table "products": permission denied for table products',
    {
      cause: new Error("connect ECONNREFUSED 10.0.0.7:5432"),
      retryAfterSeconds: 7,
    },
  );

  it("does not disclose tables, columns, addresses or the database's own messages", async () => {
    const response = asProblem(outage)?.toResponse();
    expect(response?.status).toBe(503);
    expect(response?.headers.get("Retry-After")).toBe("7");
    const text = (await response?.text()) ?? "";
    expect(text).toContain('"code":"unavailable"');
    expect(text).not.toMatch(/products|permission|ECONNREFUSED|5432/);
  });
});

describe("a JSON response", () => {
  it("is never taken for a page, whatever a product's name is", () => {
    const { headers } = json({ name: "<script>alert(1)</script>" });
    expect(headers.get("Content-Type")).toBe("application/json; charset=utf-8");
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
  });
});
