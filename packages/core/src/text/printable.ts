/**
 * Makes untrusted text safe to display: replaces control and format characters, which terminals interpret or which reverse the text direction.
 * Line breaks and tabs are kept.
 *
 * @param limit the number of characters after which the text is cut
 */
export function printable(text: string, limit = 1_000): string {
  return text.replace(/[^\P{C}\n\t]/gu, '?').slice(0, limit)
}
