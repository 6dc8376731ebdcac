/** An empty form field, or a variable that is not set. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
