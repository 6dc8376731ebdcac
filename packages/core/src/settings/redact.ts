import type { LoginSettings } from './settings.ts'
import { HIDDEN } from './hide-secrets.ts'

/** Runs of characters that may be base64, in either alphabet. */
const encoded = /[A-Za-z0-9+/_-]{4,}={0,2}/g

/**
 * Takes a secret out of a text that somebody else wrote, such as a server's reply: as it stands, percent-encoded in
 * whole or in part, in any case, and inside any base64, wherever in it the secret lies. A secret that a function gives is
 * not known here: it takes the `Credentials` with what was given.
 *
 * @example
 * redact('535 bad password hunter2', { user: 'ada', pass: 'hunter2' }) // '535 bad password [hidden]'
 */
export function redact(text: string, auth: LoginSettings | undefined): string {
  if (!auth) return text
  const secret = 'pass' in auth ? auth.pass : auth.accessToken
  if (typeof secret !== 'string' || secret === '') return text
  const forms = formsOf(auth, secret)
  // Most texts hold no secret, and finding that out is quick. What would be taken out is never left in by this.
  const mayHold = /[%\\]/.test(text) || text.toUpperCase().includes(secret.toUpperCase())
  const shown = mayHold ? text.replace((forms.plain ??= plainPattern(secret)), HIDDEN) : text
  const standard = shown.replaceAll('-', '+').replaceAll('_', '/')
  if (!forms.inBase64.some((seen) => standard.includes(seen))) return shown
  return shown.replace(encoded, (run) => (holds(run, secret) ? HIDDEN : run))
}

/** What is looked for. */
interface Forms {
  readonly secret: string
  /** As it stands, in any form. Made when it is needed. */
  plain?: RegExp
  /** A part of it in base64, for each place in a group of three bytes where it may begin. */
  readonly inBase64: readonly string[]
}

/** What was made: an app has few secrets and many texts. */
const known = new WeakMap<LoginSettings, Forms>()

function formsOf(auth: LoginSettings, secret: string): Forms {
  let forms = known.get(auth)
  if (forms?.secret !== secret) known.set(auth, (forms = { secret, inBase64: [0, 1, 2].map((before) => seenInBase64(secret, before)) }))
  return forms
}

/** The characters of base64 that a secret alone decides, where so many bytes stand before it in its group. */
function seenInBase64(secret: string, before: number): string {
  const bytes = Buffer.from(' '.repeat(before) + secret)
  return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6))
}

function plainPattern(secret: string): RegExp {
  return new RegExp(Array.from(secret, anyForm).join(''), 'gi')
}

/** One character as it stands, percent-encoded, or escaped as in JSON. */
function anyForm(character: string): string {
  const percent = [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const forms = new Set([escaped(character), percent, escaped(JSON.stringify(character).slice(1, -1))])
  return `(?:${[...forms].join('|')})`
}

/** A run may begin in the middle of what was encoded, so it is read from each of the four places a group can begin. */
function holds(run: string, secret: string): boolean {
  // Four characters of base64 are three of what they hold: what is too short for the secret is not looked into.
  if (run.length * 3 < secret.length * 4 - 8) return false
  return [0, 1, 2, 3].some((skip) => Buffer.from(run.slice(skip), 'base64').includes(secret))
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
