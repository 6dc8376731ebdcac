/** The maximum depth of a path. It bounds the nesting for names with many dots. */
const DEEPEST = 4

/**
 * Names with dots, as URLs, environments and forms have them, as nested objects.
 *
 * @example
 * nested({ 'tls.servername': 'mail.example.com' }) // { tls: { servername: 'mail.example.com' } }
 */
export function nested(flat: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(flat)) assign(result, name.split('.', DEEPEST), value)
  return result
}

function assign(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [head, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) {
    define(target, head, value)
    return
  }
  const child = Object.hasOwn(target, head) ? target[head] : undefined
  const next: Record<string, unknown> = typeof child === 'object' && child !== null ? { ...child } : {}
  assign(next, rest, value)
  define(target, head, next)
}

/** Defines a property, because an assignment to `__proto__` would change the prototype. */
export function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}
