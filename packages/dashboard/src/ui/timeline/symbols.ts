/** The shapes of the marks. Each outcome has its own, so that nothing depends on colour. */
export type Shape = 'circle' | 'cross' | 'diamond' | 'up' | 'down'

const paths: Readonly<Record<Shape, (r: number) => string>> = {
  circle: (r) => `m${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  cross: (r) => `m${-r} ${-r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`,
  diamond: (r) => `m0 ${-r}l${r} ${r}l${-r} ${r}l${-r} ${-r}z`,
  up: (r) => `m0 ${-r}l${r} ${2 * r}h${-2 * r}z`,
  down: (r) => `m0 ${r}l${r} ${-2 * r}h${-2 * r}z`,
}

/** The path of a shape around a point. */
export function symbolPath(shape: Shape, x: number, y: number, r: number): string {
  return `M${round(x)} ${round(y)}${paths[shape](round(r))}`
}

/** One decimal is enough for a screen. */
export function round(value: number): number {
  return Math.round(value * 10) / 10
}
