import { createAnsiSequenceParser, type ParseToken } from 'ansi-sequence-parser'

/** The width of a character and the height of a line, in pixels. */
const cell = { width: 8.4, height: 19 }
const margin = 16

/** A row of a terminal: its text, and the parts of the text with their styles. */
export interface TerminalRow {
  readonly text: string
  readonly parts: readonly ParseToken[]
}

/** Reads what a terminal shows. A style lasts until it is changed, also over the end of a line. */
export function rowsOf(content: string): readonly TerminalRow[] {
  const parser = createAnsiSequenceParser()
  const rows = content.trimEnd().split('\n').map((line) => parser.parse(line))
  return rows.map((parts) => ({ text: parts.map(({ value }) => value).join(''), parts }))
}

/** Draws the rows of a terminal as SVG. */
export function drawTerminal(rows: readonly TerminalRow[]): string {
  const columns = Math.max(...rows.map(({ text }) => text.length))
  const size = { width: Math.ceil(columns * cell.width) + 2 * margin, height: rows.length * cell.height + 2 * margin }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}">`,
    `<style>${style}</style>`,
    `<rect width="100%" height="100%" rx="8"/>`,
    ...rows.map(({ parts }, row) => `<text x="${margin}" y="${margin + (row + 0.75) * cell.height}" xml:space="preserve">${parts.map(span).join('')}</text>`),
    '</svg>',
    '',
  ].join('\n')
}

function span({ value, foreground, decorations }: ParseToken): string {
  const classes = [...(foreground?.type === 'named' ? [foreground.name] : []), ...decorations]
  const text = value.replaceAll(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
  return classes.length > 0 ? `<tspan class="${classes.join(' ')}">${text}</tspan>` : text
}

/** Readable on both backgrounds of the page that shows the picture. */
const style = [
  'text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#d6dce4}',
  'rect{fill:#161b22}',
  '.bold{font-weight:700}',
  '.dim{fill:#8b949e}',
  '.red{fill:#ff7b72}',
  '.green{fill:#56d364}',
  '.yellow{fill:#e3b341}',
  '.cyan{fill:#76e3ea}',
].join('')
