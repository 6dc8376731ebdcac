import { installPackages } from '../host/packages.ts'
import { run } from '../host/run.ts'
import type { Login } from './server.ts'

/** The parsed output of `swaks`. */
export interface SwaksReport {
  /** The EHLO keywords and parameters before TLS. */
  readonly clear?: Capabilities
  /** The EHLO keywords and parameters after TLS. */
  readonly secured?: Capabilities
  readonly tls?: { readonly protocol: string; readonly cipher: string }
  /** The reply code of the login. */
  readonly login?: number
}

type Capabilities = Readonly<Record<string, readonly string[]>>

export interface SwaksTarget {
  readonly host: string
  readonly port: number
  readonly security: 'starttls' | 'implicit'
}

/** Installs `swaks` and its TLS library. */
export async function ensureSwaks(): Promise<void> {
  await installPackages(['swaks', 'libnet-ssleay-perl'])
}

/** Logs in once with `swaks` and parses its output. */
export async function swaks({ host, port, security }: SwaksTarget, auth: Login): Promise<SwaksReport> {
  const target = ['--server', host, '--port', `${port}`, security === 'implicit' ? '--tlsc' : '--tls']
  // A single mechanism, because swaks tries the next one after a refusal.
  const login = ['--auth', 'PLAIN', '--auth-user', auth.user, `--auth-password=${auth.pass}`]
  return parse(await runSwaks([...target, ...login, '--ehlo', '[127.0.0.1]', '--quit-after', 'AUTH']))
}

async function runSwaks(args: readonly string[]): Promise<string> {
  return await run('swaks', args).catch((error: Error & { code?: unknown; stdout?: string }) => {
    // A numeric exit code means that an SMTP step failed, which the output shows. Otherwise swaks did not run.
    if (typeof error.code !== 'number' || error.stdout === undefined) throw error
    return error.stdout
  })
}

/** Lines begin with the direction: `<-` from the server in plaintext, `<~` under TLS, `<~*` for an error reply. */
const transcriptLine = /^ ?(<-|<~|->|~>)\*? +(.*)$/

function parse(printed: string): SwaksReport {
  const replies: Record<string, string[]> = {}
  let command = ''
  for (const line of printed.split('\n')) {
    const [, direction = '', text = ''] = transcriptLine.exec(line) ?? []
    if (direction === '->' || direction === '~>') command = `${direction} ${/^\w+/.exec(text)?.[0]}`
    else if (direction) (replies[command] ??= []).push(text)
  }
  const tls = /^=== TLS started with cipher ([^:]+):([^:]+):/m.exec(printed)
  const { '-> EHLO': clear, '~> EHLO': secured, '~> AUTH': login } = replies
  return {
    ...(clear && { clear: capabilities(clear) }),
    ...(secured && { secured: capabilities(secured) }),
    ...(tls?.[1] && tls[2] && { tls: { protocol: tls[1], cipher: tls[2] } }),
    ...(login && { login: Number(login[0]?.slice(0, 3)) }),
  }
}

function capabilities(reply: readonly string[]): Capabilities {
  // The first line names the server.
  const lines = reply.slice(1).map((line) => line.slice(4).trim().split(/ +/))
  return Object.fromEntries(lines.map(([keyword = '', ...parameters]) => [keyword, parameters]))
}
