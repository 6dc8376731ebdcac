import { beforeEach, vi } from 'vitest'

// The libraries must not print: they report through results, errors, events or a logger.
beforeEach(() => {
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...args: unknown[]) => {
      throw new Error(`console.${method} was called: ${args.map(String).join(' ')}`)
    })
  }
  return () => vi.restoreAllMocks()
})
