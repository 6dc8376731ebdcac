import { beforeEach, vi } from 'vitest'

// A library that prints is a defect: whatever a person should read goes out through results, errors, events or a logger.
beforeEach(() => {
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...args: unknown[]) => {
      throw new Error(`console.${method} was called: ${args.map(String).join(' ')}`)
    })
  }
  return () => vi.restoreAllMocks()
})
