import type { Command } from './command.ts'
import type { CommandName } from './command-table.ts'

/** Imports each command when it is run: `--help` and `--version` need neither it nor core. */
export const loadCommand: Readonly<Record<CommandName, () => Promise<Command>>> = {
  doctor: async () => (await import('./doctor/doctor.ts')).doctor,
  send: async () => (await import('./send/send.ts')).send,
  ports: async () => (await import('./ports.ts')).ports,
  explain: async () => (await import('./explain/explain.ts')).explain,
  check: async () => (await import('./check.ts')).check,
  trust: async () => (await import('./trust/trust.ts')).trust,
  login: async () => (await import('./login/login.ts')).login,
  completion: async () => (await import('./completion/completion.ts')).completion,
}
