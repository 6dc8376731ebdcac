/** Makes untrusted text safe to display: replaces control and format characters, which terminals interpret or which reverse the text direction. */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\n\t]/gu, '?').slice(0, 1_000)
}
