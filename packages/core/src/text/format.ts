/** The names between braces in a sentence: `'Port {port} on {host}'` has `'port' | 'host'`. */
export type Placeholders<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never

/** What may stand in a sentence for a placeholder. */
export type Values = Readonly<Record<string, string | number | undefined>>

/**
 * Fills a sentence in. A value nobody knows reads as `?`, so a report never fails over its own text.
 *
 * @example
 * format('Port {port} on {host}', { port: 587, host: 'smtp.example.com' }) // 'Port 587 on smtp.example.com'
 */
export function format(sentence: string, values: Values): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => String((Object.hasOwn(values, name) ? values[name] : undefined) ?? '?'))
}
