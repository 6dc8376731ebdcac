const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Distances between two marks of the time axis. */
const steps = [second, 10 * second, 30 * second, minute, 2 * minute, 5 * minute, 10 * minute, 30 * minute, hour, 2 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day]

/** The position of a value. */
export type Scale = (value: number) => number

/** Equal distances for equal times. Values outside are at the ends. */
export function linearScale([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  return (value) => start + (Math.min(1, Math.max(0, (value - from) / (to - from))) || 0) * (end - start)
}

/** Equal distances for equal factors: 5 ms and 30 s both stay readable. */
export function logScale([from, to]: readonly [number, number], range: readonly [number, number]): Scale {
  const scale = linearScale([Math.log(from), Math.log(to)], range)
  return (value) => scale(Math.log(Math.max(value, from)))
}

/** Round times of the axis, at most `most` of them. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const step = steps.find((one) => (to - from) / one <= most) ?? steps.at(-1)!
  const first = Math.ceil(from / step) * step
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step)
}
