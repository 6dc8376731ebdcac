import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { run } from '../src/host/run.ts'

/** A shell in a terminal. */
export interface Terminal {
  /** Types a command, and Enter. */
  type(command: string): Promise<void>
  /** Presses keys, by their names in tmux. */
  keys(...keys: readonly string[]): Promise<void>
  /** Resolves with the screen once it matches. */
  waitFor(pattern: RegExp): Promise<string>
  /** The screen with its escape sequences for colours. */
  colours(): Promise<string>
  /** The lines as they were printed: one that the terminal wraps is whole. */
  lines(): Promise<readonly string[]>
  /** Whether the shell waits for a command, with a visible cursor and without a child process. */
  isAtPrompt(): Promise<boolean>
  close(): Promise<void>
}

/** Opens a terminal of tmux, which must be installed. */
export async function openTerminal(columns: number): Promise<Terminal> {
  const socket = join(mkdtempSync(join(tmpdir(), 'postern-tmux-')), 'socket')
  const tmux = (...args: readonly string[]) => run('tmux', ['-S', socket, '-f', '/dev/null', ...args], { env: { LC_ALL: 'C.UTF-8', LANG: 'C.UTF-8', TERM: 'xterm-256color', CI: undefined, NO_COLOR: undefined, FORCE_COLOR: undefined } })
  const screen = () => tmux('capture-pane', '-p', '-S', '-200')
  await tmux('new-session', '-d', '-x', String(columns), '-y', '200', 'bash --norc --noprofile')
  const terminal: Terminal = {
    type: async (command) => {
      await tmux('send-keys', '-l', command)
      await tmux('send-keys', 'Enter')
    },
    keys: async (...keys) => {
      for (const key of keys) await tmux('send-keys', ...(/^(?:C-.|BSpace|Enter)$/.test(key) ? [key] : ['-l', key]))
    },
    waitFor: async (pattern) => {
      await expect.poll(screen, { timeout: 30_000 }).toMatch(pattern)
      return await screen()
    },
    colours: () => tmux('capture-pane', '-p', '-e', '-S', '-200'),
    lines: async () => (await tmux('capture-pane', '-p', '-J', '-S', '-200')).trim().split('\n'),
    isAtPrompt: async () => {
      const [cursor, command, pid = ''] = (await tmux('display-message', '-p', '#{cursor_flag} #{pane_current_command} #{pane_pid}')).trim().split(' ')
      const children = await run('ps', ['--no-headers', '-o', 'pid', '--ppid', pid]).catch(() => '')
      return cursor === '1' && command === 'bash' && children.trim() === ''
    },
    close: async () => {
      await tmux('kill-server').catch(() => {})
    },
  }
  await terminal.waitFor(/[$#]\s*$/)
  return terminal
}
