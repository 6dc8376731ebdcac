import type { CommandFacts } from './command.ts'

/** Every command, by name. Its description is in `text/`, and its module in `load-command.ts`. */
export const commandTable = {
  doctor: {
    args: '[host | e-mail | URL]',
    maxArgs: 1,
    options: ['login', 'user', 'pass-file', 'from', 'ipv4', 'ipv6', 'allow-25', 'implicit-tls', 'ca', 'timeout', 'watch', 'interval', 'spotlight', 'format'],
    formats: ['text', 'json', 'ndjson', 'md', 'github', 'junit'],
    examples: ['doctor smtp.example.com', 'doctor you@example.com --login', 'doctor --spotlight', 'doctor --format json', 'doctor --watch'],
  },
  send: {
    args: '[host | e-mail | URL]',
    maxArgs: 1,
    options: ['to', 'from', 'user', 'pass-file', 'ipv4', 'ipv6', 'allow-25', 'implicit-tls', 'ca', 'timeout', 'format'],
    formats: ['text', 'json'],
    examples: ['send --to you@example.com', 'send you@gmail.com --to you@example.com'],
  },
  ports: {
    args: '[port]',
    maxArgs: 1,
    values: ['587', '2525', '465', '25'],
    options: ['format'],
    formats: ['text', 'json'],
    examples: ['ports', 'ports 465'],
  },
  explain: {
    args: '[code | text]',
    maxArgs: Infinity,
    options: ['format'],
    formats: ['text', 'json'],
    examples: ['explain auth-rejected', 'explain "535 5.7.139 Authentication unsuccessful"'],
  },
  check: {
    args: '[host | e-mail | URL]',
    maxArgs: 1,
    options: ['user', 'allow-25', 'implicit-tls', 'ca', 'spotlight', 'format'],
    formats: ['text', 'json'],
    examples: ['check', 'check smtp://smtp.example.com:465'],
  },
  trust: {
    args: '[host | e-mail | URL]',
    maxArgs: 1,
    options: ['certificate', 'out', 'force', 'ca', 'ipv4', 'ipv6', 'implicit-tls', 'allow-25', 'timeout', 'format'],
    formats: ['text', 'json'],
    examples: ['trust relay.example.com', 'trust smtps://10.0.0.5 --out ca.pem', 'trust relay --certificate server --format json'],
  },
  login: {
    args: '<microsoft | google>',
    maxArgs: 1,
    values: ['microsoft', 'google'],
    options: ['client-id', 'client-secret-file', 'tenant', 'out', 'force', 'show'],
    formats: ['text'],
    examples: ['login microsoft --client-id 00000000-0000-0000-0000-000000000000 --out refresh-token', 'login google --out refresh-token', 'login microsoft --tenant contoso.com --show'],
  },
  completion: {
    args: '<bash | zsh | fish>',
    maxArgs: 1,
    values: ['bash', 'zsh', 'fish'],
    options: [],
    formats: ['text'],
    examples: ['completion bash', 'completion zsh', 'completion fish'],
  },
} as const satisfies Readonly<Record<string, CommandFacts>>

export type CommandName = keyof typeof commandTable

export function findCommand(name: string | undefined): CommandFacts | undefined {
  return name !== undefined && Object.hasOwn(commandTable, name) ? commandTable[name as CommandName] : undefined
}
