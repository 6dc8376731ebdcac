import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProvider } from '@postern/testing'
import { expect, it } from 'vitest'
import { runCommand } from '../test/run-command.ts'
import { stable } from '../test/stable.ts'
import { commandTable } from './command-table.ts'
import { optionTable } from './options.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it('the README shows what a run prints', async () => {
  const [, shown] = /```\n\$ postern (doctor [^]*?)```/.exec(readme)!
  const [command, ...lines] = shown!.split('\n')
  await using provider = await startProvider({ users: { 'ada@postern.test': 'a password' }, faults: { 587: 'refuse', 25: 'no-starttls' } })
  const cwd = mkdtempSync(join(tmpdir(), 'postern-cli-'))
  writeFileSync(join(cwd, 'ca.pem'), provider.ca)
  const { stdout } = await runCommand(command!.split(' '), {
    cwd,
    env: { SMTP_PASS: 'a password' },
    dial: async ({ port }) => {
      const socket = connect(provider.ports[port as 587], '127.0.0.1')
      await once(socket, 'connect')
      return socket
    },
  })
  expect(stable(lines.join('\n'))).toBe(stable(stdout))
})

it.each(Object.keys(commandTable))('the README has the command "%s"', (name) => {
  expect(readme).toContain(`| \`postern ${name} `)
})

it.each(Object.keys(optionTable).filter((name) => name !== 'help' && name !== 'version'))('the README has the option "%s"', (name) => {
  expect(readme).toMatch(new RegExp(`^\\| \`--${name}[ \`]`, 'm'))
})
