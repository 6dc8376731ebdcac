import { format } from 'node:util'
import type { ExternalLogger } from 'nodemailer/lib/shared'

/**
 * A console as a logger of nodemailer's. Those put an object first, which a console prints over six lines, with the
 * message's `%s` left as they are: here each entry is one line that begins with who says it.
 */
export function consoleLogger(console: Console): ExternalLogger {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (entry: Entry, ...message: unknown[]) => {
    const who = [entry.component, entry.sid].filter(Boolean).join(' ')
    console[level](`${who}: ${format(...message)}`)
  }
  // `console.trace` would print a stack, and there is no `console.fatal`.
  return { trace: at('debug'), debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), fatal: at('error') }
}

interface Entry {
  readonly component?: string
  /** nodemailer's id of a connection. */
  readonly sid?: string
}
