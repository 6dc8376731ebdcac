/** So many places may stand empty in front of those that are taken. */
const EMPTY_AT_MOST = 1_000

/** First in, first out. An array alone moves all that it holds for each that leaves it, once it holds some 16,000. */
export class Queue<T> {
  #items: (T | undefined)[] = []
  #first = 0

  get length(): number {
    return this.#items.length - this.#first
  }

  push(item: T): void {
    this.#items.push(item)
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

  /** Takes one out of its place. @returns whether it was there */
  remove(item: T): boolean {
    const index = this.#items.indexOf(item, this.#first)
    if (index !== -1) this.#items.splice(index, 1)
    return index !== -1
  }

  /** Takes out all of them. */
  drain(): T[] {
    this.#pack()
    const all = this.#items as T[]
    this.#items = []
    return all
  }

  #pack(): void {
    this.#items = this.#items.slice(this.#first)
    this.#first = 0
  }
}
