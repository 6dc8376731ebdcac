/** The names between braces in a sentence: `'Port {port} on {host}'` has `'port' | 'host'`. */
export type Placeholders<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never

/** What may stand in a sentence for a placeholder. */
export type Values = Readonly<Record<string, string | number | undefined>>

/**
 * Fills a sentence in. A part in square brackets is said only when everything in it is known; elsewhere a value nobody
 * knows reads as `?`, so a report never fails over its own text.
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

/** A sentence may be about a `constructor`; objects have one by themselves. */
function known(name: string, values: Values): string | number | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined
}
