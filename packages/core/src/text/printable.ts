/** What a stranger wrote, made safe to show: a terminal obeys control characters, some of which turn text round. */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\n\t]/gu, '?').slice(0, 1_000)
}
