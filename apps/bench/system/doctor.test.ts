import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FirewallRules, type PostfixServer, startPostfix } from '../src/postfix/index.ts'
import { openTerminal } from './terminal.ts'
import { drawTerminal, rowsOf } from './terminal-picture.ts'

const program = fileURLToPath(import.meta.resolve('postern/package.json')).replace('package.json', 'dist/postern.js')
const folder = mkdtempSync(join(tmpdir(), 'postern-doctor-'))

/** Runs a command where the name of the server is known: its mount namespace has an `/etc/hosts` of its own. */
const whereNameIsKnown = ['unshare', '--mount', 'sh', '-c', 'mount --bind hosts /etc/hosts && exec "$@"', 'sh'] as const

let postfix: PostfixServer

beforeAll(async () => {
  postfix = await startPostfix()
  writeFileSync(join(folder, 'hosts'), `${postfix.host} ${postfix.hostname}\n`)
  writeFileSync(join(folder, 'ca.pem'), postfix.ca)
  writeFileSync(join(folder, 'postern'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 })
})
afterAll(() => postfix?.close())

interface Situation {
  readonly name: string
  readonly rules: FirewallRules
  readonly code: 0 | 1 | 2
}

const situations: readonly Situation[] = [
  { name: 'all-open', rules: {}, code: 0 },
  { name: '587-dropped', rules: { 587: 'drop' }, code: 1 },
  { name: '587-rejected', rules: { 587: 'reject' }, code: 1 },
  { name: '587-silent', rules: { 587: 'silent' }, code: 1 },
  { name: '587-and-2525-dropped', rules: { 587: 'drop', 2525: 'drop' }, code: 1 },
  { name: 'all-dropped', rules: { 587: 'drop', 2525: 'drop', 465: 'drop', 25: 'drop' }, code: 2 },
]

describe.each(situations)('postern on Postfix behind a firewall: $name', ({ name, rules, code }) => {
  beforeAll(() => postfix.firewall(rules))

  it.each(['en', 'de', 'fr'])('examines the server, in %s', async (lang) => {
    const result = await postern('doctor', '--login', '--lang', lang)
    await expect(result.output).toMatchFileSnapshot(`doctor/${name}.${lang}.txt`)
    expect(result.code).toBe(code)
  })

  it('sends a message with the same result', async () => {
    const result = await postern('send', '--to', postfix.recipient, '--format', 'json')
    expect(result.code).toBe(code)
    const accepted = { ok: true, response: expect.stringMatching(/^250 2\.0\.0 Ok: .*queued as /) }
    expect(JSON.parse(result.output)).toMatchObject(code === 2 ? { ok: false, code: 'deadline', delivery: 'not-accepted' } : accepted)
  })
})

it('looks in a terminal like the picture in its README', async () => {
  await postfix.firewall({ 587: 'drop' })
  const terminal = await openTerminal(104)
  try {
    await terminal.type(`cd ${folder} && exec ${whereNameIsKnown.map((word) => `'${word}'`).join(' ')} env PATH=${folder}:$PATH PS1='$ ' bash --norc --noprofile`)
    await terminal.waitFor(/^\$\s*$/m)
    await terminal.type('clear')
    await terminal.waitFor(/^\$\s*$/)
    await terminal.type(`postern doctor ${postfix.hostname} --user ${postfix.auth.user} --login --ca ca.pem --timeout 6`)
    await terminal.waitFor(/Password of/)
    await terminal.keys(postfix.auth.pass, 'Enter')
    await terminal.waitFor(/\n\$\s*$/)
    const rows = rowsOf(stable(await terminal.colours()))
    await expect(drawTerminal(inOrder(rows.slice(0, -1)))).toMatchFileSnapshot('../../../packages/cli/doctor.svg')
  } finally {
    await terminal.close()
  }
})

/** A terminal shows the ports in the order in which they answer. */
function inOrder(rows: ReturnType<typeof rowsOf>): ReturnType<typeof rowsOf> {
  const names = ['587 ', '2525 ', '465 ', '25 ']
  const rank = (row: (typeof rows)[number]) => names.findIndex((name) => row.text.trimStart().startsWith(name))
  const ports = rows.filter((row) => rank(row) !== -1).toSorted((one, other) => rank(one) - rank(other))
  return rows.map((row) => (rank(row) === -1 ? row : ports.shift()!))
}

/** Runs a command of the CLI on this server, and returns its output without what differs between runs. */
async function postern(command: string, ...args: readonly string[]) {
  const env = { PATH: `${folder}:${process.env.PATH}`, LC_ALL: 'C.UTF-8', SMTP_PASS: postfix.auth.pass }
  const login = ['--user', postfix.auth.user, '--ca', 'ca.pem', '--timeout', '6']
  const [file, ...words] = [...whereNameIsKnown, 'postern', command, postfix.hostname, ...login, ...args]
  const child = spawn(file, words, { cwd: folder, env })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  expect(output).not.toContain(postfix.auth.pass)
  return { code, output: stable(output) }
}

function stable(output: string): string {
  return output.replaceAll(/\d+(?=\u{A0}ms)|(?<=\b(?:dns|connect|greeting|ehlo|starttls|tls) )\d+/gu, '9').replaceAll(/(?<=certifi\w+ |Zertifikat )\d+/g, '59')
}
