import type { FormField } from '@postern/core'

/** What was typed, by the name of the field. */
export type FormValues = Readonly<Partial<Record<FormField['name'], string>>>

const variables = [
  ['SMTP_HOST', 'account'],
  ['SMTP_PORT', 'port'],
  ['SMTP_SECURITY', 'security'],
  ['SMTP_USER', 'auth.user'],
  ['SMTP_CLIENT_NAME', 'clientName'],
] as const satisfies readonly (readonly [string, FormField['name']])[]

/**
 * The settings to copy, without the password: variables of the environment, or code where an e-mail address stands for its
 * provider, which the environment cannot say. A port that was typed is replaced by the recommended one.
 */
export function configurationOf(values: FormValues, recommended: { readonly port: number; readonly security: string } | null): string {
  const chosen = values.port && recommended ? { ...values, port: String(recommended.port), security: recommended.security } : values
  const password = chosen['auth.pass'] ? ['SMTP_PASS='] : []
  if (!chosen.account?.includes('@')) {
    return [...variables.flatMap(([variable, name]) => (chosen[name] ? [`${variable}=${quoted(chosen[name])}`] : [])), ...password].join('\n')
  }
  const { 'auth.pass': pass, ...rest } = chosen
  const lines = Object.entries(rest).flatMap(([name, value]) => (value ? [`  ${literal(name)}: ${name === 'port' ? value : JSON.stringify(value)},`] : []))
  return ['createTransport(parseSettings({', ...lines, ...(pass ? ["  'auth.pass': process.env.SMTP_PASS,"] : []), '}))'].join('\n')
}

/** A value of a file `.env`. */
function quoted(value: string): string {
  return /^[\w.@:+/-]*$/.test(value) ? value : JSON.stringify(value)
}

function literal(name: string): string {
  return /^\w+$/.test(name) ? name : `'${name}'`
}
