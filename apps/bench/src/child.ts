import { type ChildProcess, fork, type ForkOptions } from 'node:child_process'
import { once } from 'node:events'

/** Starts a process for the duration of `run`. Its first message says that it is ready. */
export async function withChild<T>(file: URL, args: readonly string[], run: (child: ChildProcess, ready: unknown) => Promise<T>, options: ForkOptions = {}): Promise<T> {
  const child = fork(file, args, options)
  try {
    return await run(child, await answerOf(child))
  } finally {
    child.kill()
  }
}

/** Sends a message and resolves with the answer. One at a time for each child. */
export async function request(child: ChildProcess, message: unknown): Promise<unknown> {
  child.send(message as Parameters<typeof child.send>[0])
  return await answerOf(child)
}

/** @throws Error if the process exits first */
async function answerOf(child: ChildProcess): Promise<unknown> {
  const answered = new AbortController()
  const { signal } = answered
  const failed = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`A process exited with ${code} before it answered.`)
  })
  const [message] = (await Promise.race([once(child, 'message', { signal }), failed]).finally(() => answered.abort())) as [unknown]
  return message
}
