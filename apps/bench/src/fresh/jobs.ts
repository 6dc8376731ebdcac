import { readFileSync } from 'node:fs'
import type { Compose, Create, Idle, Job, Mails, Result, Run } from './job.ts'
import { type Letter, type Library, mailOf } from './libraries.ts'

/** Does a job with a library that has been imported. */
export async function perform(library: Library, job: Job): Promise<Omit<Result, 'imported'>> {
  switch (job.kind) {
    case 'mails':
      return { runs: await sendAll(library, job) }
    case 'compose':
      return { runs: await compose(job) }
    case 'create':
      return { runs: [], created: create(library, job) }
    case 'idle':
      return { runs: [], heap: await idle(library, job) }
  }
}

/** Sends all messages at once over a new transport, from just before it is made until the last one is accepted. */
async function sendAll(library: Library, { server, connections, count, text, attached, times = 1 }: Mails): Promise<Run[]> {
  const letters = lettersOf(count, text, attached === undefined ? undefined : bytes(attached))
  const runs: Run[] = []
  for (let time = 0; time < times; time++) {
    let transport: unknown
    runs.push(
      await measured(async () => {
        transport = library.create(server, connections)
        const send = (letter: Letter) => library.send(transport, letter)
        await (library.queues ? Promise.all(letters.map(send)) : inTurns(send, letters, connections))
      }),
    )
    library.close(transport)
  }
  return runs
}

/** Composes messages to a Buffer each and sends none: nodemailer's composer, five at a time, which takes it the least. */
async function compose({ count, text, times = 1 }: Compose): Promise<Run[]> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const letters = lettersOf(count, text)
  const runs: Run[] = []
  for (let time = 0; time < times; time++) {
    runs.push(await measured(() => inTurns((letter) => new MailComposer(mailOf(letter)).compile().build(), letters, 5)))
  }
  return runs
}

/** Milliseconds of the first transport, and of each of those after it. */
function create(library: Library, { server, count }: Create): { readonly first: number; readonly each: number } {
  const kept: unknown[] = []
  const began = performance.now()
  kept.push(library.create(server, 0))
  const second = performance.now()
  while (kept.length <= count) kept.push(library.create(server, 0))
  return { first: second - began, each: (performance.now() - second) / count }
}

/** Bytes of heap for each of many transports that are kept. */
async function idle(library: Library, { server, count, used }: Idle): Promise<number> {
  const kept: unknown[] = []
  const [letter] = lettersOf(1, 100)
  const fill = async (size: number): Promise<void> => {
    const made = Array.from({ length: size }, () => library.create(server, 0))
    kept.push(...made)
    if (used) for (const transport of made) await library.send(transport, letter!)
  }
  // What is loaded and compiled with the first ones is not theirs.
  await fill(100)
  const before = await heapAtRest()
  await fill(count)
  const grown = (await heapAtRest()) - before
  for (const transport of kept) library.close(transport)
  return grown / count
}

/** One message at a time for each connection. */
async function inTurns(send: (letter: Letter) => Promise<unknown>, letters: readonly Letter[], connections: number): Promise<void> {
  const left = letters.values()
  await Promise.all(
    Array.from({ length: Math.max(connections, 1) }, async () => {
      for (const letter of left) await send(letter)
    }),
  )
}

async function measured(run: () => Promise<void>): Promise<Run> {
  const writesBefore = writeCalls()
  const [began, used] = [performance.now(), process.cpuUsage()]
  await run()
  const now = performance.now()
  const { user, system } = process.cpuUsage(used)
  return { ms: now - began, cpu: (user + system) / 1_000, ended: performance.timeOrigin + now, writes: writeCalls() - writesBefore }
}

/** Write calls of this process so far, as Linux counts them: those to sockets, and few others. */
function writeCalls(): number {
  const counts = readFileSync('/proc/self/io', 'utf8')
  return Number(/^syscw: (\d+)$/m.exec(counts)![1])
}

async function heapAtRest(): Promise<number> {
  // Sockets are closed, and what hangs on them is let go, some turns after the reply.
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}

function lettersOf(count: number, length: number, attachment?: Buffer): readonly Letter[] {
  const text = words(length)
  return Array.from({ length: count }, (_, index) => ({ subject: `Message ${index}`, text, attachment }))
}

const LINE = 'A line of plain text, as long as many lines are in messages that apps send.\n'

function words(length: number): string {
  return LINE.repeat(Math.ceil(length / LINE.length)).slice(0, length)
}

function bytes(length: number): Buffer {
  return Buffer.alloc(length, 'Some content that Base64 does not make shorter.')
}
