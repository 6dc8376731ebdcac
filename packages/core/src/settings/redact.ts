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
  // Most texts hold no secret, and finding that out is quick. What the pattern would match is never left out by this.
  const mayHold = /[%\\]/.test(text) || text.toUpperCase().includes(secret.toUpperCase())
  return (mayHold ? text.replace(patternOf(auth, secret), HIDDEN) : text).replace(encoded, (run) =>
    holds(run, secret) ? HIDDEN : run,
  )
}

/** The patterns that were made: an app has few secrets and many texts, and making one costs more than looking for it. */
const patterns = new WeakMap<LoginSettings, { readonly secret: string; readonly pattern: RegExp }>()

function patternOf(auth: LoginSettings, secret: string): RegExp {
  let made = patterns.get(auth)
  if (made?.secret !== secret) patterns.set(auth, (made = { secret, pattern: new RegExp(Array.from(secret, anyForm).join(''), 'gi') }))
  return made.pattern
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
