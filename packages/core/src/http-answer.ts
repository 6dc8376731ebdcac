/** An answer to an HTTP request, for whatever framework sends it. */
export interface HttpAnswer {
  readonly status: number
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Empty where there is none. To HEAD, the adapter leaves it out. */
  readonly body: string
}
