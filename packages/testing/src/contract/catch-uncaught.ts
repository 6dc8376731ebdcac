import { onTestFinished, vi } from 'vitest'

/** Vitest counts uncaught errors as failures; these tests expect them. */
export async function catchUncaught(least: number): Promise<string[]> {
  const caught: string[] = []
  const listeners = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', ({ message }) => caught.push(message))
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException')
    for (const listener of listeners) process.on('uncaughtException', listener)
  })
  await vi.waitUntil(() => caught.length >= least, { timeout: 10_000 })
  return caught
}
