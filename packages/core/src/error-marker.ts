/** Marks an error so that two copies of the package still recognise each other's, which `instanceof` cannot. */
export function mark(error: Error, name: string): void {
  Object.defineProperty(error, markerOf(name), { value: true })
}

export function isMarked(error: unknown, name: string): boolean {
  return typeof error === 'object' && error !== null && markerOf(name) in error
}

function markerOf(name: string): symbol {
  return Symbol.for(`postern.error.${name}`)
}
