const SEPARATOR = " · ";

let shown: string | null = null;

/** Puts a text in front of the tab's title, in place of the last one; null: none. */
export function showInTitle(text: string | null): void {
  const title = pageTitleInTab();
  shown = text;
  const wanted = text === null ? title : `${text}${SEPARATOR}${title}`;
  if (document.title !== wanted) document.title = wanted;
}

/** The page's own title. */
export function pageTitleInTab(): string {
  const prefix = `${shown}${SEPARATOR}`;
  return shown !== null && document.title.startsWith(prefix) ? document.title.slice(prefix.length) : document.title;
}
