import { timingSafeEqual } from 'node:crypto'

/** Whether an `authorization` header has the token. */
export function hasToken(authorization: string | undefined, token: string): boolean {
  const [actual, expected] = [authorization ?? '', `Bearer ${token}`].map((text) => Buffer.from(text)) as [Buffer, Buffer]
  return actual.length === expected.length && timingSafeEqual(actual, expected)
}
