/** The array is compacted when at least this many places at its front are empty. */
const EMPTY_AT_MOST = 1_000

/** First in, first out. `Array#shift` moves every entry once an array holds some 16,000 of them; this does not. */
export class Queue<T> {
  #items: (T | undefined)[] = []
  #first = 0

  get length(): number {
    return this.#items.length - this.#first
  }

  push(item: T): void {
    this.#items.push(item)
  }

  peek(): T | undefined {
    return this.#items[this.#first]
  }

  shift(): T | undefined {
    const first = this.#first
    if (first === this.#items.length) return undefined
    const item = this.#items[first]
    this.#items[first] = undefined
    this.#first += 1
    if (this.#first > EMPTY_AT_MOST && this.#first * 2 > this.#items.length) this.#pack()
    return item
  }

  /** Removes one entry. @returns whether it was there */
  remove(item: T): boolean {
    const index = this.#items.indexOf(item, this.#first)
    if (index !== -1) this.#items.splice(index, 1)
    return index !== -1
  }

  /** Removes the entries that match, in order, and returns them. */
  removeAll(matches: (item: T) => boolean = () => true): T[] {
    this.#pack()
    const all = this.#items as T[]
    const removed = all.filter(matches)
    if (removed.length > 0) this.#items = removed.length === all.length ? [] : all.filter((item) => !matches(item))
    return removed
  }

  #pack(): void {
    this.#items = this.#items.slice(this.#first)
    this.#first = 0
  }
}
