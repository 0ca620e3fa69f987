import { describe, expect, it } from "vitest";
import { DatabaseError, throwingFetch } from "~/catalog/database-error";
import { refusalOf } from "~/catalog/swap-refusals";

const body = (code: string): string => JSON.stringify({ code, message: "no", details: null, hint: null });
const classOf = async (status: number, text: string, readable = true): Promise<string> => {
  const refusal = await refusalOf(new DatabaseError(status, text), async () => readable);
  return refusal === null ? "unknown" : refusal.by;
};

describe("a refused update", () => {
  it.each([
    [400, "23514", "a check constraint"],
    [400, "23502", "not null"],
    [409, "23503", "a foreign key"],
    [409, "23505", "a unique index"],
    [400, "P0001", "raised by a trigger"],
    [400, "45000", "raised by a trigger with its own code"],
    [409, "PT409", "raised by a trigger with its own status"],
    [400, "22003", "out of range"],
    [400, "22P02", "a number that the column's type cannot read"],
    [400, "44000", "a view's check option"],
    [400, "PGRST124", "two rows with one id"],
  ])("is the row's for PostgREST's %i with %s (%s)", async (status, code) => {
    expect(await classOf(status, body(code))).toBe("row");
  });

  it("is the row's for 42501 if the row can be read, otherwise the setup's", async () => {
    expect(await classOf(403, body("42501"))).toBe("row");
    expect(await classOf(403, body("42501"), false)).toBe("setup");
    expect(await classOf(401, body("42501"), false)).toBe("setup");
  });

  it.each([
    [400, "428C9", "a generated column"],
    [400, "0A000", "a computed column of a view"],
    [500, "55000", "a view that cannot be updated"],
    [405, "25006", "read-only mode"],
    [404, "42P01", "no table"],
    [404, "PGRST205", "no table in the schema cache"],
    [400, "PGRST204", "no column"],
    [400, "42703", "no column"],
    [401, "PGRST301", "a key of another project"],
    [401, "PGRST303", "a key that has expired"],
    [406, "PGRST106", "a schema that is not exposed"],
    [403, "28000", "a role that may not log in"],
    [400, "ZZ999", "a code that is in no list"],
  ])("is the setup's for PostgREST's %i with %s (%s)", async (status, code) => {
    expect(await classOf(status, body(code))).toBe("setup");
  });

  it.each([
    [401, '{"message":"Invalid API key","hint":"Double check your key"}'],
    [403, "<html>Forbidden"],
    [404, ""],
    [404, "[]"],
    [405, "{}"],
    [402, '{"message":"quota"}'],
    [400, "null"],
  ])("is the setup's for %i without PostgREST's body (%j)", async (status, text) => {
    expect(await classOf(status, text)).toBe("setup");
  });

  it.each([
    [408, ""],
    [408, body("23514")],
    [429, "slow down"],
    [425, ""],
    [499, ""],
    [500, body("57014")],
    [500, body("40P01")],
    [500, body("40001")],
    [500, body("55P03")],
    [500, body("23514")],
    [503, body("PGRST002")],
    [504, body("PGRST003")],
    [502, '{"message":"bad gateway"}'],
    [520, "<html>"],
    [302, ""],
  ])("is unknown for %i with %j", async (status, text) => {
    expect(await classOf(status, text)).toBe("unknown");
  });

  it("is not PostgREST's if one of its fields is missing: a code alone may be a gateway's", async () => {
    const { by, code } =
      (await refusalOf(new DatabaseError(400, '{"code":"23514","message":"no"}'), async () => true)) ?? {};
    expect({ by, code }).toEqual({ by: "setup", code: "http_400" });
  });

  it("tells an operator what went wrong and what to do", async () => {
    const messageOf = async (status: number, text: string) =>
      (await refusalOf(new DatabaseError(status, text), async () => true))?.message;
    expect(await messageOf(405, body("25006"))).toMatch(/read-only.*disk.*25006: no/);
    expect(await messageOf(401, "")).toContain("SUPABASE_SECRET_KEY");
  });
});

describe("throwingFetch", () => {
  it("throws for every error response, and passes a success through", async () => {
    const answering = (response: Response) => throwingFetch(async () => response)("http://x.test");
    await expect(answering(new Response("", { status: 404 }))).rejects.toThrow(DatabaseError);
    await expect(answering(new Response(null, { status: 304 }))).rejects.toThrow("HTTP 304");
    expect((await answering(Response.json([]))).status).toBe(200);
  });
});
