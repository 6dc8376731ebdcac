import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runCommand } from '../test/run-command.ts'
import { commandTable } from './command-table.ts'
import { optionTable } from './options.ts'

const names = Object.keys(commandTable)

function failAtOutput(text: string): void {
  if (!text.startsWith('postern: ')) throw new Error('boom')
}

describe('the help', () => {
  it('names every command, with an example of each', async () => {
    const { code, stdout } = await runCommand(['--help'])
    expect(code).toBe(0)
    for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name} .*$[^]*^  postern ${name}`, 'm'))
  })

  it.each(names)('of "%s" has its options and its examples', async (name) => {
    const { code, stdout } = await runCommand([name, '--help'])
    const { options, examples } = commandTable[name as keyof typeof commandTable]
    expect(code).toBe(0)
    for (const option of options) expect(stdout).toContain(`--${option}`)
    for (const example of examples) expect(stdout).toContain(`  postern ${example}\n`)
  })

  it.each(['en', 'de', 'fr'])('fits into 40 columns, in the language "%s"', async (lang) => {
    const { stdout } = await runCommand(['--help', '--lang', lang], { columns: 40 })
    const prose = stdout.split('\n').filter((line) => !line.trim().startsWith('postern '))
    expect(prose.filter((line) => line.length > 40)).toEqual([])
  })

  it('is shown if there is no command, as an error', async () => {
    const { code, stdout, stderr } = await runCommand([])
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
    expect(stderr).toContain('postern ports')
  })
})

it('prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  expect(await runCommand(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
})

describe('a wrong command line', () => {
  it.each<[args: string[], message: string, advice: string]>([
    [['docter'], 'There is no command docter.', 'The commands are: '],
    [['ports', '--colour'], 'There is no option --colour.', '--help'],
    [['ports', '--login'], 'ports has no option --login.', 'postern ports --help'],
    [['ports', '--format'], '--format has no value.', 'Write --format <format>.'],
    [['ports', '--format', 'yaml'], '--format does not accept this value.', 'Use one of: text, json'],
    [['doctor', '--spotlight', '--format', 'json'], '--spotlight has an effect on text only.', 'Leave out'],
    [['check', '--spotlight', '--format', 'json'], '--spotlight has an effect on text only.', 'Leave out'],
    [['--help=yes'], '--help takes no value.', 'Write --help alone.'],
    [['ports', '587', '465'], 'There are too many arguments.', 'Write postern ports [port]'],
    [['ports', '110'], 'This is not one of the ports for mail.', '587, 2525, 465, 25'],
  ])('%j is explained, with a cure', async (args, message, advice) => {
    const { code, stdout, stderr } = await runCommand(args)
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
    expect(stderr).toContain(`postern: ${message}\n`)
    expect(stderr).toContain(advice)
  })

  it.each([
    ['smtp://ada:hunter2@smtp.example.com'],
    ['--pass=hunter2'],
    ['ports', '--password', 'hunter2'],
    ['ports', 'hunter2'],
    ['ports', '587', 'hunter2'],
    ['ports', '--format=hunter2'],
    ['-phunter2'],
  ])('is not repeated, because it may have a password: %j', async (...args) => {
    const { code, stdout, stderr } = await runCommand(args)
    expect(code).toBe(64)
    expect(stdout + stderr).not.toContain('hunter2')
  })
})

it('an unexpected error has its own exit code, because 1 means a warning', async () => {
  const { code, stderr } = await runCommand(['--help'], { onWrite: failAtOutput })
  expect(code).toBe(70)
  expect(stderr).toMatch(/^postern: This is a bug[^]*boom/)
})

describe('the language', () => {
  it.each<[what: string, args: string[], env: NodeJS.ProcessEnv, expected: string]>([
    ['of --lang', ['--lang', 'fr', 'x'], { LANG: 'de_DE.UTF-8' }, 'La commande x'],
    ['of LC_ALL', ['x'], { LC_ALL: 'de_CH.UTF-8', LANG: 'fr_FR' }, 'Den Befehl x'],
    ['of LANG', ['x'], { LC_ALL: '', LANG: 'fr_FR' }, 'La commande x'],
    ['is English otherwise', ['x'], { LANG: 'C.UTF-8' }, 'There is no command x'],
  ])('%s', async (_what, args, env, expected) => {
    expect((await runCommand(args, { env })).stderr).toContain(expected)
  })
})

it('each option belongs to a command', () => {
  const used = new Set<string>([...Object.values(commandTable).flatMap(({ options }) => options), 'lang', 'help', 'version'])
  expect(Object.keys(optionTable).filter((name) => !used.has(name))).toEqual([])
})
