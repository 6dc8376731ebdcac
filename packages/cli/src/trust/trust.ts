import { diagnoseAttempts, format, planEndpoints, type ProbeOptions } from '@postern/core'
import { isTerminal } from '../ask-keys.ts'
import type { Command, Invocation } from '../command.ts'
import { localAddressOf, timeoutOf } from '../connection-options.ts'
import { exitCode } from '../exit-code.ts'
import { loadSettings } from '../load-settings.ts'
import { type OutFile, outFile } from '../out-file.ts'
import { Output } from '../output.ts'
import { endpointName } from '../rows.ts'
import { UsageError } from '../usage-error.ts'
import { askRole } from './ask-role.ts'
import { authorityOf, type Pin, pinOf, type Role } from './pin.ts'
import { examineTrust, findPresented, isPresented, type Presented } from './presented.ts'
import { reportTrust, showChain, type TrustResult } from './report.ts'

/** `postern trust`: shows the certificates of a server, and the settings that trust one of them. */
export const trust: Command = async (invocation) => {
  const { options, io, locale, texts } = invocation
  const out = new Output(io.stdout, io)
  const connection: ProbeOptions = { deadline: timeoutOf(options), localAddress: localAddressOf(options), locale, dial: io.dial, signal: io.signal }
  const file = outFile(options, io, 0o644)
  const { settings } = await loadSettings(invocation, new Output(io.stderr, io), { login: 'never' })
  const { host } = settings
  const finish = (result: Omit<TrustResult, 'host'>) => reportTrust({ host, ...result }, out, invocation)

  if (options.format !== 'json') out.note(format(texts.waiting, { ports: planEndpoints(settings).map(({ port }) => port).join(', ') }))
  const found = await findPresented(settings, connection)
  out.note('')
  if (io.signal.aborted) return exitCode.interrupted
  if (!isPresented(found)) {
    const { message, advice } = diagnoseAttempts(host, found, { locale, env: io.env })
    return finish({ exit: exitCode.fails, verdict: `${message} ${advice}` })
  }
  if (options.format !== 'json') showChain(found, host, out, texts)
  const pin = await choosePin(found, file, invocation)
  if (!pin) return finish({ exit: exitCode.fine, verdict: texts.verdicts.trusted, presented: found })

  const { failure } = await examineTrust(found.endpoint, { ...settings.tls, ...pin.tls }, settings, connection)
  if (io.signal.aborted) return exitCode.interrupted
  if (failure?.stage === 'tls') {
    const { message, advice } = failure
    return finish({ exit: exitCode.fails, verdict: format(texts.verdicts.pinFails, { message, advice }), presented: found })
  }
  file?.write(pin.certificate.pem!)
  const verdict = format(texts.verdicts.pinned, { endpoint: endpointName(found.endpoint, texts), file: file?.path })
  return finish({ exit: found.tls.verified ? exitCode.fine : exitCode.warnings, verdict, presented: found, pin })
}

/**
 * Chooses the certificate to trust: by `--certificate`, by a question in a terminal, and otherwise the authority, if the server sends it.
 *
 * @returns undefined if the server is trusted already, and no option asks for more
 * @throws UsageError for an authority that the server does not send
 */
async function choosePin({ tls: { certificate, verified } }: Presented, file: OutFile | undefined, invocation: Invocation): Promise<Pin | undefined> {
  const { options, io } = invocation
  if (verified && !file && options.certificate === undefined) return undefined
  const authority = authorityOf(certificate)
  if (!authority && options.certificate === 'authority') throw new UsageError('authority-missing')
  const canAsk = authority && options.format !== 'json' && io.stdout.isTTY && isTerminal(io)
  const given = (options.certificate as Role | undefined) ?? (canAsk ? await askRole(invocation) : undefined)
  return authority && given !== 'server' ? pinOf('authority', authority, file) : pinOf('server', certificate, file)
}
