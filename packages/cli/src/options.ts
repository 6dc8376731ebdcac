/** An option: with a `value` it takes one, as shown in the help. */
export interface OptionFacts {
  readonly short?: string
  readonly value?: string
  /** The values that it accepts. */
  readonly choices?: readonly string[]
}

/** Every option, by name. Its description is in `text/`. */
export const optionTable = {
  login: {},
  user: { value: 'name' },
  'pass-file': { value: 'file' },
  to: { value: 'address' },
  from: { value: 'address' },
  'allow-25': {},
  'implicit-tls': { value: 'when', choices: ['first', 'last-resort', 'never'] },
  ca: { value: 'file' },
  'client-id': { value: 'id' },
  'client-secret-file': { value: 'file' },
  tenant: { value: 'tenant' },
  show: {},
  certificate: { value: 'which', choices: ['authority', 'server'] },
  out: { value: 'file' },
  force: {},
  timeout: { value: 'seconds' },
  watch: {},
  interval: { value: 'seconds' },
  ipv4: { short: '4' },
  ipv6: { short: '6' },
  spotlight: {},
  format: { value: 'format' },
  lang: { value: 'language', choices: ['en', 'de', 'fr'] },
  help: { short: 'h' },
  version: { short: 'v' },
} as const satisfies Readonly<Record<string, OptionFacts>>

export type OptionName = keyof typeof optionTable

/** The options of every command. */
export const globalOptions: readonly OptionName[] = ['lang', 'help', 'version']

/** The options that were given: a text if the option takes a value, otherwise `true`. */
export type Options = {
  readonly [Name in OptionName]?: (typeof optionTable)[Name] extends { readonly value: string } ? string : true
}
