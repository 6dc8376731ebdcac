import { installPackages } from '../host/packages.ts'
import { run } from '../host/run.ts'
import type { Login } from './server.ts'

/** What `swaks` saw of a server. */
export interface SwaksReport {
  /** The reply to EHLO before TLS, as keyword and parameters, if there was one. */
  readonly clear?: Capabilities
  /** The reply to EHLO under TLS. */
  readonly secured?: Capabilities
  readonly tls?: { readonly protocol: string; readonly cipher: string }
  /** The reply code to the login, if one was made. */
  readonly login?: number
}

type Capabilities = Readonly<Record<string, readonly string[]>>

/** Where and how `swaks` connects. */
export interface SwaksTarget {
  readonly host: string
  readonly port: number
  readonly security: 'starttls' | 'implicit'
}

/** Installs `swaks` and what it needs for TLS. */
export async function ensureSwaks(): Promise<void> {
  await installPackages(['swaks', 'libnet-ssleay-perl'])
}

/** Has `swaks` log in, once, and reads what it prints. */
export async function swaks({ host, port, security }: SwaksTarget, auth: Login): Promise<SwaksReport> {
  const target = ['--server', host, '--port', `${port}`, security === 'implicit' ? '--tlsc' : '--tls']
  // One mechanism: after a refusal, swaks goes on with the next one that is offered.
  const login = ['--auth', 'PLAIN', '--auth-user', auth.user, `--auth-password=${auth.pass}`]
  return parse(await print([...target, ...login, '--ehlo', '[127.0.0.1]', '--quit-after', 'AUTH']))
}

async function print(args: readonly string[]): Promise<string> {
  return await run('swaks', args).catch((error: Error & { code?: unknown; stdout?: string }) => {
    // Its exit code tells which step failed, and so does what it printed; not to have run is another matter.
    if (typeof error.code !== 'number' || error.stdout === undefined) throw error
    return error.stdout
  })
}

/** A line begins with who speaks: `<-` the server in clear text, `<~` under TLS, `<~*` when it refuses. */
const said = /^ ?(<-|<~|->|~>)\*? +(.*)$/

function parse(printed: string): SwaksReport {
  const replies: Record<string, string[]> = {}
  let asked = ''
  for (const line of printed.split('\n')) {
    const [, who = '', text = ''] = said.exec(line) ?? []
    if (who === '->' || who === '~>') asked = `${who} ${/^\w+/.exec(text)?.[0]}`
    else if (who) (replies[asked] ??= []).push(text)
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
