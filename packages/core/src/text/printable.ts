/** What a stranger wrote, made safe to show: a terminal obeys control characters, and a server may send any. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '?').slice(0, 1_000)
}
