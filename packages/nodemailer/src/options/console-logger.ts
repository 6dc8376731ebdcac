import { format } from 'node:util'
import type { ExternalLogger } from 'nodemailer/lib/shared'

/**
 * Adapts a console to nodemailer's logger interface. nodemailer passes an object first, so a plain console would print six
 * lines per entry and leave `%s` unformatted. Here, each entry is one line that starts with the component.
 */
export function consoleLogger(console: Console): ExternalLogger {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (entry: Entry, ...message: unknown[]) => {
    const source = [entry.component, entry.sid].filter(Boolean).join(' ')
    console[level](`${source}: ${format(...message)}`)
  }
  // `console.trace` prints a stack trace, and `console.fatal` does not exist.
  return { trace: at('debug'), debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), fatal: at('error') }
}

interface Entry {
  readonly component?: string
  /** nodemailer's connection id. */
  readonly sid?: string
}
