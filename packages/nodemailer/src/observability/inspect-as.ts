import { type InspectOptions, inspect } from 'node:util'

/** Makes a foreign object print and serialise as `shown`, because its options contain keys and passwords. */
export function inspectAs(given: object, name: string, shown: () => object): void {
  Object.defineProperties(given, {
    [inspect.custom]: { value: (_depth: number, options: InspectOptions) => `${name} ${inspect(shown(), options)}`, configurable: true },
    toJSON: { value: shown, configurable: true },
  })
}
