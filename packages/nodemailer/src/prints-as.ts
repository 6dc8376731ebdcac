import { type InspectOptions, inspect } from 'node:util'

/** Has an object that is not ours printed, and serialised, as what there is to see of it: its options hold keys and passwords. */
export function printsAs(given: object, name: string, shown: () => object): void {
  Object.defineProperties(given, {
    [inspect.custom]: { value: (_depth: number, options: InspectOptions) => `${name} ${inspect(shown(), options)}`, configurable: true },
    toJSON: { value: shown, configurable: true },
  })
}
