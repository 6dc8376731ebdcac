/** The names between braces in a sentence: `'Port {port} on {host}'` has `'port' | 'host'`. */
export type Placeholders<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never

/** Values for the placeholders of a sentence. */
export type Values = Readonly<Record<string, string | number | undefined>>

/**
 * Replaces the placeholders of a sentence. A part in square brackets is omitted unless all its values are known; elsewhere a
 * missing value becomes `?`, so formatting never fails.
 *
 * @example
 * format('No answer[ within {seconds} s].', {}) // 'No answer.'
 */
export function format(sentence: string, values: Values): string {
  return sentence.replace(piece, (_, part: string | undefined, name: string) => {
    if (part === undefined) return String(known(name, values) ?? '?')
    return isKnown(part, values) ? format(part, values) : ''
  })
}

const piece = /\[([^\]]*)\]|\{(\w+)\}/g
const placeholder = /\{(\w+)\}/g

function isKnown(part: string, values: Values): boolean {
  return [...part.matchAll(placeholder)].every(([, name]) => known(name!, values) !== undefined)
}

/** Own properties only, because a placeholder could be named like an inherited one, such as `constructor`. */
function known(name: string, values: Values): string | number | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined
}
