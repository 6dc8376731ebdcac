import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCommand } from '../../test/run-command.ts'

const isInstalled = (program: string) => spawnSync(program, ['--version']).status === 0
const hasTerminal = String(spawnSync('script', ['--version']).stdout).includes('util-linux')

/** A folder with the script for a shell, and a file to complete. */
async function folderFor(shell: string, lang = 'en'): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-cli-'))
  const { stdout } = await runCommand(['completion', shell, '--lang', lang])
  writeFileSync(join(folder, 'completion'), stdout)
  writeFileSync(join(folder, 'my ca.pem'), '')
  return folder
}

/** Types lines into an interactive shell in a terminal. There `postern` prints its arguments. @returns them, for each call */
async function type(shell: string, command: string, setUp: string, lines: readonly string[]): Promise<string[]> {
  const cwd = await folderFor(shell)
  const input = ['PS1=', `postern() { printf '<%s>' ran "$@"; echo; }`, setUp, '. ./completion', ...lines, 'exit', ''].join('\n')
  const { stdout } = spawnSync('script', ['-qec', `stty cols 500; exec ${command}`, '/dev/null'], { cwd, input, env: { PATH: process.env.PATH, TERM: 'xterm', HOME: cwd, LANG: 'C.UTF-8' } })
  return [...String(stdout).matchAll(/^<ran>(.*?)\r?$/gm)].map(([, args]) => args!)
}

/** What is typed, and the arguments that the shell makes of it. */
const cases: readonly (readonly [line: string, args: string])[] = [
  ['postern tru\t', '<trust>'],
  ['postern login mi\t', '<login><microsoft>'],
  ['postern completion f\t', '<completion><fish>'],
  ['postern ports 46\t', '<ports><465>'],
  ['postern doctor --spot\t', '<doctor><--spotlight>'],
  ['postern doctor host --format nd\t', '<doctor><host><--format><ndjson>'],
  ['postern doctor --format=ju\t', '<doctor><--format=junit>'],
  ['postern check --lang f\t', '<check><--lang><fr>'],
  ['postern doctor --implicit-tls la\t', '<doctor><--implicit-tls><last-resort>'],
  ['postern doctor --ca my\t', '<doctor><--ca><my ca.pem>'],
  // Options of another command.
  ['postern send --spot\t', '<send><--spot>'],
]

describe.runIf(hasTerminal && isInstalled('bash'))('the completion in bash', () => {
  it('completes commands, options, values and files', async () => {
    expect(await type('bash', 'bash --norc -i', '', cases.map(([line]) => line))).toEqual(cases.map(([, args]) => args))
  })

  it('offers every command, and the options of each', async () => {
    const cwd = await folderFor('bash')
    const offers = (words: readonly string[]) => {
      const quoted = words.map((word) => `'${word}'`)
      const call = `. ./completion; COMP_WORDS=(postern ${quoted.join(' ')}); COMP_CWORD=${words.length}; _postern postern ${quoted.at(-1)} ${quoted.at(-2) ?? 'postern'}; printf '%s\\n' "\${COMPREPLY[@]}"`
      return String(spawnSync('bash', ['--norc', '-c', call], { cwd }).stdout).trimEnd().split('\n')
    }
    expect(offers([''])).toEqual(expect.arrayContaining(['doctor', 'trust', 'completion']))
    expect(offers(['ports', '--'])).toEqual(['--format', '--lang', '--help', '--version'])
    expect(offers(['ports', ''])).toEqual(['587', '2525', '465', '25'])
    expect(offers(['ports', '--format', '='])).toEqual(['text', 'json'])
    expect(offers(['doctor', '--user', 'ada'])).toEqual([''])
  })
})

describe.runIf(hasTerminal && isInstalled('zsh'))('the completion in zsh (left out if it is not installed)', () => {
  it('completes commands, options, values and files', async () => {
    const setUp = 'autoload -Uz compinit; compinit -u -D'
    expect(await type('zsh', 'zsh -f -i', setUp, cases.map(([line]) => line))).toEqual(cases.map(([, args]) => args))
  })

  it.each(['de', 'fr'])('has no error in the language "%s"', async (lang) => {
    const cwd = await folderFor('zsh', lang)
    expect(spawnSync('zsh', ['-f', '-n', 'completion'], { cwd })).toMatchObject({ status: 0, stderr: Buffer.from('') })
  })
})

describe.runIf(isInstalled('fish'))('the completion in fish (left out if it is not installed)', () => {
  it.each<[line: string, offers: string[]]>([
    ['postern tru', ['trust']],
    ['postern login ', ['google', 'microsoft']],
    ['postern doctor --spot', ['--spotlight']],
    ['postern doctor host --format nd', ['ndjson']],
    ['postern check --lang ', ['de', 'en', 'fr']],
    ['postern doctor --ca my', ['my ca.pem']],
    ['postern send --spot', []],
  ])('offers for "%s": %j', async (line, offers) => {
    const cwd = await folderFor('fish')
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', `source completion; complete -C '${line}'`], { cwd, env: { ...process.env, HOME: cwd } })
    expect(String(stderr)).toBe('')
    expect(String(stdout).trimEnd().split('\n').filter(Boolean).map((one) => one.split('\t')[0])).toEqual(offers)
  })

  it.each(['de', 'fr'])('has no error in the language "%s"', async (lang) => {
    const cwd = await folderFor('fish', lang)
    expect(spawnSync('fish', ['--no-config', '-n', 'completion'], { cwd })).toMatchObject({ status: 0, stderr: Buffer.from('') })
  })
})

it('completion explains which shells there are', async () => {
  const { code, stderr } = await runCommand(['completion', 'tcsh'])
  expect(code).toBe(64)
  expect(stderr).toContain('Write one of: bash, zsh, fish.')
})
