/** Wraps words to a width. A word that is longer stays whole, so that it can be copied. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** Below this width the text of a row is on lines of its own. */
const NARROW = 72

/** Wraps a text beside or below its heading, which is padded to `column`. */
export function besides(heading: string, column: number, text: string, width: number): string[] {
  if (text === '') return [heading]
  if (width < NARROW) return [heading, ...wrap(text, width - 2).map((line) => `  ${line}`)]
  const [first, ...rest] = wrap(text, width - column - 2)
  return [`${heading.padEnd(column)}  ${first}`, ...rest.map((line) => `${' '.repeat(column + 2)}${line}`)]
}

/** The length of the longest text. */
export function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length))
}

/** The width of a terminal; a pipe has no limit, so that each row is one line there. */
export function widthOf({ isTTY, columns }: { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined }): number {
  return isTTY ? Math.max(20, columns || 80) : Infinity
}
