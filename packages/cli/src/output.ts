import { styleText } from 'node:util'
import { printable } from '@postern/core'
import type { Io, TextStream } from './io.ts'
import { besides, widthOf, wrap } from './layout.ts'

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan'

/** A piece of a line, in one style. */
export interface Cell {
  readonly text: string
  readonly style?: Style
}

/** A line of a table: name, status, bar, message. */
export interface Row {
  readonly name: string
  readonly status: string
  readonly style: Style
  readonly message: string
  /** Shown if there is a column for it. */
  readonly bar?: readonly Cell[]
}

/** The widths of the columns of a table before the message. */
export interface Columns {
  readonly name: number
  readonly status: number
  /** Absent if the table has no bars. */
  readonly bar?: number
}

/** Writes to a terminal, or plainly to a pipe or file. Secrets are removed where a text is made, not here. */
export class Output {
  readonly isTerminal: boolean
  readonly #stream: TextStream
  readonly #hasColors: boolean
  #note = ''

  constructor(stream: TextStream, { env }: Pick<Io, 'env'>) {
    this.#stream = stream
    this.isTerminal = stream.isTTY === true
    this.#hasColors = hasColors(stream, env)
  }

  get width(): number {
    return widthOf(this.#stream)
  }

  line(text = '', style?: Style): void {
    this.lines([text], style)
  }

  lines(texts: readonly string[], style?: Style): void {
    this.#print(texts.map((text) => this.#styled(this.#safe(text), style)))
  }

  paragraph(text: string, style?: Style): void {
    this.lines(wrap(this.#safe(text), this.width), style)
  }

  /** A heading, with an empty line before it. */
  section(heading: string): void {
    this.line()
    this.line(heading, 'bold')
  }

  json(value: unknown): void {
    this.lines(JSON.stringify(value, undefined, 2).split('\n'))
  }

  row({ name, status, style, message, bar = [] }: Row, columns: Columns): void {
    const cells: readonly Cell[] = [
      { text: `${name.padEnd(columns.name)}  ` },
      { text: status, style },
      ...(columns.bar === undefined ? [] : [{ text: `${status.padEnd(columns.status).slice(status.length)}  ` }, ...bar]),
    ]
    const heading = cells.map(({ text }) => text).join('')
    const width = columns.name + 2 + columns.status + (columns.bar === undefined ? 0 : columns.bar + 2)
    const [first, ...rest] = besides(heading, width, this.#safe(message), this.width)
    // Styled after the layout, because escape sequences have no width.
    const styled = cells.map((cell) => this.#styled(cell.text, cell.style)).join('')
    this.#print([`${styled}${first!.slice(heading.length)}`, ...rest])
  }

  /** Shows a last line in a terminal that stays below everything written later, until it is replaced. Empty: none. */
  note(text: string): void {
    if (!this.isTerminal) return
    const erase = this.#erase()
    this.#note = this.#styled(this.#safe(text).slice(0, this.width - 1), 'dim')
    this.#write(`${erase}${this.#note}`)
  }

  /** Writes lines above the note, at once, so that a terminal never shows a part of them. */
  #print(lines: readonly string[]): void {
    this.#write(`${this.#erase()}${lines.join('\n')}\n${this.#note}`)
  }

  #erase(): string {
    return this.#note === '' ? '' : '\r\u001B[2K'
  }

  #styled(text: string, style: Style | undefined): string {
    return style && text !== '' && this.#hasColors ? styleText(style, text, { validateStream: false }) : text
  }

  #safe(text: string): string {
    // Control and format characters of a server or an argument could rewrite the terminal, and a line break could add a line.
    return printable(text, Infinity).replaceAll(/[\n\t]/g, '?')
  }

  #write(text: string): void {
    if (text !== '') this.#stream.write(text)
  }
}

/** `NO_COLOR` and `FORCE_COLOR` as Node reads them: the latter takes precedence, and "0" turns colours off. */
function hasColors({ isTTY }: TextStream, { FORCE_COLOR, NO_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return isTTY === true && !NO_COLOR && TERM !== 'dumb'
}
