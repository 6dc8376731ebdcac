import { describePort, portTable } from '@postern/core'
import type { Command } from './command.ts'
import { exitCode } from './exit-code.ts'
import type { PortsReport } from './json-output.ts'
import { longest } from './layout.ts'
import { Output } from './output.ts'
import { UsageError } from './usage-error.ts'

/** `postern ports [N]`: explains the ports for mail. */
export const ports: Command = async ({ args: [wanted], options, io, locale, texts }) => {
  const known = portTable.map(({ port }) => describePort(port, { locale })!)
  const shown = wanted === undefined ? known : known.filter(({ port }) => String(port) === wanted)
  if (shown.length === 0) throw new UsageError('port-unknown', { ports: known.map(({ port }) => port).join(', ') })
  const out = new Output(io.stdout, io)
  if (options.format === 'json') {
    out.json(shown satisfies PortsReport)
    return exitCode.fine
  }
  const columns = { name: longest(known.map(({ port }) => String(port))), status: longest(Object.values(texts.security)) }
  for (const { port, security, name, use, role, history, references } of shown) {
    const sentences = wanted === undefined ? [use, role] : [`${name}.`, use, role, history]
    out.row({ name: String(port), status: texts.security[security], style: 'cyan', message: sentences.join(' ') }, columns)
    if (wanted !== undefined) out.paragraph(`${texts.headings.references}: ${references.join(', ')}`)
  }
  return exitCode.fine
}
