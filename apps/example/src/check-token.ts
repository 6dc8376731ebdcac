import { timingSafeEqual } from 'node:crypto'

/** Whether a request's `authorization` holds the token. */
export function isToken(authorization: string | undefined, token: string): boolean {
  const [given, wanted] = [authorization ?? '', `Bearer ${token}`].map((text) => Buffer.from(text)) as [Buffer, Buffer]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
