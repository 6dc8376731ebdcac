/** Marks an error, so that `isInstance` also works between two copies of the package, where `instanceof` fails. */
export function mark(error: Error, name: string): void {
  Object.defineProperty(error, markerOf(name), { value: true })
}

export function isMarked(error: unknown, name: string): boolean {
  return typeof error === 'object' && error !== null && markerOf(name) in error
}

function markerOf(name: string): symbol {
  return Symbol.for(`postern.error.${name}`)
}
