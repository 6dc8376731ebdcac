/** What is drawn of the items that share a place: the one with the highest rank, and how many there are. */
export interface Cell<T> {
  readonly item: T
  readonly count: number
}

/** Gathers items by place, so that a drawing has a limited number of marks however many events there are. */
export function gatherCells<T>(items: Iterable<T>, placeOf: (item: T) => string, rankOf: (item: T) => number): Cell<T>[] {
  const cells = new Map<string, Cell<T>>()
  for (const item of items) {
    const place = placeOf(item)
    const cell = cells.get(place)
    cells.set(place, cell ? { item: rankOf(item) >= rankOf(cell.item) ? item : cell.item, count: cell.count + 1 } : { item, count: 1 })
  }
  return [...cells.values()]
}
