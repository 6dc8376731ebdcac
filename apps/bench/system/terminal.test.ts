import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Fault, type Provider, startProvider } from '@postern/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTerminal, type Terminal } from './terminal.ts'
import { rowsOf } from './terminal-picture.ts'

const program = fileURLToPath(import.meta.resolve('postern/package.json')).replace('package.json', 'dist/postern.js')

let provider: Provider
let terminal: Terminal | undefined
let ca: string

beforeEach(async () => {
  provider = await startProvider({ users: { 'ada@postern.test': 'a password' } })
  ca = join(mkdtempSync(join(tmpdir(), 'postern-terminal-')), 'ca.pem')
  writeFileSync(ca, provider.ca)
})
afterEach(async () => {
  await terminal?.close()
  terminal = undefined
  await provider.close()
})

describe.each([40, 80, 200])('in a terminal of %i columns', (columns) => {
  it('prints the report in colours, and no line is longer than the terminal', async () => {
    terminal = await openTerminal(columns)
    await terminal.type(`${doctor()} --spotlight; echo "[$?]"`)
    const screen = await terminal.waitFor(/\[0\]/)
    expect(screen).toMatch(/587|Mail ports/)
    expect(hasColours(await terminal.colours())).toBe(true)
    const [, ...lines] = await terminal.lines()
    expect(lines.filter((line) => line.length > columns)).toEqual([])
    expect(screen.replaceAll(/\s+/g, ' ')).toContain('Mail can leave from here')
  })

  it('without colours if NO_COLOR is set', async () => {
    terminal = await openTerminal(columns)
    await terminal.type(`NO_COLOR=1 ${doctor()} --spotlight; echo "[$?]"`)
    await terminal.waitFor(/\[0\]/)
    expect(hasColours(await terminal.colours())).toBe(false)
  })
})

describe('the password', () => {
  it('is typed, corrected and not shown', async () => {
    terminal = await openTerminal(80)
    await terminal.type(`${doctor()} --user ada@postern.test --login --spotlight; echo "[$?]"`)
    await terminal.waitFor(/Password of ada@postern\.test/)
    await terminal.keys('a passwrd', 'BSpace', 'BSpace', 'ord', 'Enter')
    const screen = await terminal.waitFor(/\[0\]/)
    expect(screen).not.toMatch(/a passw/)
    expect(provider.logins).toMatchObject([{ user: 'ada@postern.test', ok: true }])
    expect(await terminal.isAtPrompt()).toBe(true)
  })

  it('is not asked for any more after Ctrl-C', async () => {
    terminal = await openTerminal(80)
    await terminal.type(`${doctor()} --user ada@postern.test --login; echo "[$?]"`)
    await terminal.waitFor(/Password of/)
    await terminal.keys('C-c')
    await terminal.waitFor(/\[130\]/)
    expect(await terminal.isAtPrompt()).toBe(true)
    // The terminal echoes what is typed again.
    await terminal.type('echo still-$((40+2))')
    expect(await terminal.waitFor(/^still-42$/m)).toContain('echo still-')
    expect(provider.logins).toEqual([])
  })
})

describe('Ctrl-C in the middle', () => {
  it.each(['silent', 'black-hole'] as const)('ends at once with 130, a visible cursor and no process, while a port is %s', async (fault: Fault) => {
    await provider.fault(587, fault)
    terminal = await openTerminal(80)
    await terminal.type(`${doctor()}; echo "[$?]"`)
    await terminal.waitFor(/Waiting for/)
    await terminal.keys('C-c')
    await terminal.waitFor(/\[130\]/)
    expect(await terminal.isAtPrompt()).toBe(true)
  })
})

/** The command for the port 587 of the provider. The other ports of this machine refuse connections. */
function doctor(): string {
  return `node ${program} doctor 127.0.0.1:${provider.ports[587]} --ca ${ca}`
}

function hasColours(content: string): boolean {
  return rowsOf(content).some(({ parts }) => parts.some(({ foreground }) => foreground !== null))
}
