/** The browser's first language that `Intl` supports; English if there is none. */
export function preferredLocale(request: Request): string {
  const tags = (request.headers.get("Accept-Language") ?? "")
    .slice(0, 200)
    .split(",")
    .map((part) => part.split(";")[0]?.trim() ?? "");
  return tags.find(isFormattable) ?? "en";
}

function isFormattable(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false; // "*" and anything that is not a language tag
  }
}
