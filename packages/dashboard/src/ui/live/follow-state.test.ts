import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DashboardState } from '../../state.ts'
import { followState, type StateStream } from './follow-state.ts'

const state = (now: number): DashboardState => ({ version: 1, now, mailers: [] })

class Stream extends EventTarget {
  readyState = 1
  close = vi.fn<() => void>(() => {
    this.readyState = 2
  })

  brings(type: string, data?: unknown): void {
    this.dispatchEvent(Object.assign(new Event(type), { data: JSON.stringify(data) }))
  }
}

let streams: Stream[]
let states: number[]
let contacts: string[]
let poll: ReturnType<typeof vi.fn<(after: number, signal: AbortSignal) => Promise<DashboardState>>>
let stop: () => void

beforeEach(() => {
  vi.useFakeTimers()
  streams = []
  states = []
  contacts = []
  poll = vi.fn<(after: number, signal: AbortSignal) => Promise<DashboardState>>(async () => state(99))
  stop = followState({
    after: () => 7,
    openStream: () => {
      const stream = new Stream()
      streams.push(stream)
      return stream as unknown as StateStream
    },
    poll,
    onState: ({ now }) => states.push(now),
    onContact: (kind) => contacts.push(kind),
  })
})
afterEach(() => {
  stop()
  vi.useRealTimers()
})

describe('while the stream brings something', () => {
  it('passes on each state', () => {
    streams[0]!.brings('message', state(1))
    streams[0]!.brings('message', state(2))
    expect(states).toEqual([1, 2])
    expect(contacts).toEqual(['stream', 'stream'])
  })

  it('takes a heartbeat for a sign of life', async () => {
    for (let count = 0; count < 10; count += 1) {
      await vi.advanceTimersByTimeAsync(15_000)
      streams[0]!.brings('heartbeat')
    }
    expect(poll).not.toHaveBeenCalled()
    expect(streams).toHaveLength(1)
  })

  it('leaves it to the browser to connect again after a lost connection', async () => {
    streams[0]!.readyState = 0
    streams[0]!.brings('error')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(poll).not.toHaveBeenCalled()
  })
})

describe('when the stream is silent', () => {
  it('requests the state every five seconds', async () => {
    await vi.advanceTimersByTimeAsync(20_000 + 2 * 5_000)
    expect(streams[0]!.close).toHaveBeenCalledOnce()
    expect(poll.mock.calls.map(([after]) => after)).toEqual([7, 7, 7])
    expect(states).toEqual([99, 99, 99])
    expect(contacts).toEqual(['poll', 'poll', 'poll'])
  })

  it('goes on after a request that failed', async () => {
    poll.mockRejectedValueOnce(new Error('offline'))
    await vi.advanceTimersByTimeAsync(20_000 + 5_000)
    expect(states).toEqual([99])
  })

  it('tries the stream again after a minute', async () => {
    await vi.advanceTimersByTimeAsync(20_000 + 12 * 5_000)
    expect(streams).toHaveLength(2)
    streams[1]!.brings('message', state(3))
    poll.mockClear()
    await vi.advanceTimersByTimeAsync(19_000)
    expect(poll).not.toHaveBeenCalled()
  })
})

it('requests the state at once after a response that is no stream', async () => {
  streams[0]!.readyState = 2
  streams[0]!.brings('error')
  await vi.advanceTimersByTimeAsync(0)
  expect(states).toEqual([99])
})

it.each(['stream', 'requests'])('ends the %s', async (kind) => {
  if (kind === 'requests') await vi.advanceTimersByTimeAsync(20_000)
  stop()
  expect(streams[0]!.close).toHaveBeenCalled()
  poll.mockClear()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(poll).not.toHaveBeenCalled()
  expect(streams).toHaveLength(1)
})
