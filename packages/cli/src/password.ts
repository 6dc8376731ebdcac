import type { LoginSettings } from '@postern/core'
import type { Invocation } from './command.ts'
import { readOptionFile } from './read-option-file.ts'
import { UsageError } from './usage-error.ts'

/** The secret of the file or of the environment. One that belongs to another server is not sent to this one. */
export function secretFor(user: string, host: string, env: NodeJS.ProcessEnv, { options, io }: Invocation): LoginSettings | undefined {
  const pass = passwordFile(options, io)
  if (pass !== undefined) return { user, pass }
  if (hostOfEnvironment(env) !== host && (env.SMTP_URL || env.SMTP_HOST)) return undefined
  if (env.SMTP_ACCESS_TOKEN) return { user, accessToken: env.SMTP_ACCESS_TOKEN }
  const given = env.SMTP_PASS || env.SMTP_PASSWORD
  return given ? { user, pass: given } : undefined
}

function hostOfEnvironment(env: NodeJS.ProcessEnv): string | undefined {
  if (env.SMTP_HOST) return env.SMTP_HOST
  return env.SMTP_URL && URL.canParse(env.SMTP_URL) ? new URL(env.SMTP_URL).hostname : undefined
}

/** The first line of the file of `--pass-file`. */
export function passwordFile(options: Invocation['options'], io: Invocation['io']): string | undefined {
  const content = readOptionFile('pass-file', options, io)
  if (content === undefined) return undefined
  const [line] = content.split(/\r?\n/)
  if (!line) throw new UsageError('file-empty', { option: '--pass-file' })
  return line
}
