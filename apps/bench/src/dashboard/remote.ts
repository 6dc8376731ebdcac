import type { ChildProcess } from 'node:child_process'
import { request } from '../child.ts'

/** Functions that another process calls by their names, one at a time. */
type Commands<Names> = { readonly [Name in keyof Names]: (count: number) => unknown }

/** Their implementations. */
type Handlers<Names extends Commands<Names>> = { readonly [Name in keyof Names]: (count: number) => ReturnType<Names[Name]> | Promise<ReturnType<Names[Name]>> }

/** Answers the calls of the parent process, and exits with it. @param ready the first message */
export function answerCalls<Names extends Commands<Names>>(handlers: Handlers<Names>, ready: unknown): void {
  process.on('message', async ([name, count]: [keyof Names, number]) => process.send?.((await handlers[name](count)) ?? null))
  process.on('disconnect', () => process.exit())
  process.send?.(ready)
}

/** Calls a command in a child process. */
export type Call<Names extends Commands<Names>> = <Name extends keyof Names>(name: Name, count?: number) => Promise<ReturnType<Names[Name]>>

export function callerOf<Names extends Commands<Names>>(child: ChildProcess): Call<Names> {
  return async (name, count = 0) => (await request(child, [name, count])) as never
}
