import { format } from 'node:util'
import type { CreateTransportOptions } from '@postern/nodemailer'
import type { Output } from '../output.ts'

/** The fields of an entry of the transport that are read here. */
interface Entry {
  readonly tnx?: string
  readonly sid?: string
  readonly remotePort?: number
}

/** The signs of swaks. */
const signs: Readonly<Record<string, string>> = { client: '->', server: '<-' }

/** A logger that prints the dialogue, each line with its port: the ports of a race speak at the same time. */
export function dialogueLogger(out: Output): Exclude<CreateTransportOptions['logger'], boolean | undefined> {
  const ports = new Map<string, number>()
  const log = (entry: Entry, text: string, ...values: readonly unknown[]) => {
    const { tnx = '', sid = '', remotePort } = entry
    if (remotePort !== undefined) ports.set(sid, remotePort)
    const sign = signs[tnx]
    if (sign === undefined) return
    const lines = format(text, ...values).trimEnd().split(/\r?\n/)
    out.lines(lines.map((line) => `${String(ports.get(sid) ?? '').padStart(5)} ${sign} ${line}`), tnx === 'client' ? 'cyan' : undefined)
  }
  return { trace: log, debug: log, info: log, warn: log, error: log, fatal: log }
}
