import type { LoginSettings } from './settings.ts'
import { HIDDEN } from './hide-secrets.ts'

/** Sequences of characters that may be base64 or base64url. */
const encoded = /[A-Za-z0-9+/_-]{4,}={0,2}/g

/**
 * Removes a secret from a text such as a server's reply. It finds the plain secret in any case, fully or partly
 * percent-encoded, and at any position inside base64. If the secret comes from a function, pass the `Credentials` with the
 * value that it returned.
 *
 * @example
 * redact('535 bad password hunter2', { user: 'ada', pass: 'hunter2' }) // '535 bad password [hidden]'
 */
export function redact(text: string, auth: LoginSettings | undefined): string {
  if (!auth) return text
  const secret = 'pass' in auth ? auth.pass : auth.accessToken
  if (typeof secret !== 'string' || secret === '') return text
  const forms = formsOf(auth, secret)
  // A quick test first, since most texts contain no secret. It has no false negatives.
  const mayHold = /[%\\]/.test(text) || text.toUpperCase().includes(secret.toUpperCase())
  const shown = mayHold ? text.replace((forms.plain ??= plainPattern(secret)), HIDDEN) : text
  const standard = shown.replaceAll('-', '+').replaceAll('_', '/')
  if (!forms.inBase64.some((seen) => standard.includes(seen))) return shown
  return shown.replace(encoded, (run) => (holds(run, secret) ? HIDDEN : run))
}

/** The forms of a secret to search for. */
interface Forms {
  readonly secret: string
  /** Matches the plain and escaped forms. Created when needed. */
  plain?: RegExp
  /** Part of its base64 form, for each offset in a group of three bytes. */
  readonly inBase64: readonly string[]
}

/** A cache, because an app has few secrets and many texts. */
const known = new WeakMap<LoginSettings, Forms>()

function formsOf(auth: LoginSettings, secret: string): Forms {
  let forms = known.get(auth)
  if (forms?.secret !== secret) known.set(auth, (forms = { secret, inBase64: [0, 1, 2].map((before) => seenInBase64(secret, before)) }))
  return forms
}

/** The base64 characters that depend on the secret alone, if `before` bytes precede it in its group of three. */
function seenInBase64(secret: string, before: number): string {
  const bytes = Buffer.from(' '.repeat(before) + secret)
  return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6))
}

function plainPattern(secret: string): RegExp {
  return new RegExp(Array.from(secret, anyForm).join(''), 'gi')
}

/** Matches one character: plain, percent-encoded, or escaped as in JSON. */
function anyForm(character: string): string {
  const percent = [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const forms = new Set([escaped(character), percent, escaped(JSON.stringify(character).slice(1, -1))])
  return `(?:${[...forms].join('|')})`
}

/** Decodes the sequence from each of four offsets, because it may start in the middle of a base64 group. */
function holds(run: string, secret: string): boolean {
  // Four base64 characters encode three bytes: skip sequences that are too short for the secret.
  if (run.length * 3 < secret.length * 4 - 8) return false
  return [0, 1, 2, 3].some((skip) => Buffer.from(run.slice(skip), 'base64').includes(secret))
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
