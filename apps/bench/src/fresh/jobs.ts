import { readFileSync } from 'node:fs'
import { memoryAtRest } from '../memory-at-rest.ts'
import type { Compose, Create, Idle, Job, Mails, Result, Run } from './job.ts'
import { type Message, type Library, mailOf } from './libraries.ts'

/** Runs a job with an imported library. */
export async function runLibraryJob(library: Library, job: Job): Promise<Omit<Result, 'imported'>> {
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

/** Creates a transport and sends all messages at once. Measured until the last one is accepted. */
async function sendAll(library: Library, { server, connections, count, text, attached, times = 1 }: Mails): Promise<Run[]> {
  const messages = messagesOf(count, text, attached === undefined ? undefined : bytes(attached))
  const runs: Run[] = []
  for (let time = 0; time < times; time++) {
    let transport: unknown
    runs.push(
      await measured(async () => {
        transport = library.create(server, connections)
        const send = (message: Message) => library.send(transport, message)
        await (library.queues ? Promise.all(messages.map(send)) : sendByConnection(send, messages, connections))
      }),
    )
    library.close(transport)
  }
  return runs
}

/** Composes messages with nodemailer's composer, without sending; five at a time is its fastest. */
async function compose({ count, text, times = 1 }: Compose): Promise<Run[]> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const messages = messagesOf(count, text)
  const runs: Run[] = []
  for (let time = 0; time < times; time++) {
    runs.push(await measured(() => sendByConnection((message) => new MailComposer(mailOf(message)).compile().build(), messages, 5)))
  }
  return runs
}

function create(library: Library, { server, count }: Create): { readonly first: number; readonly each: number } {
  const transports: unknown[] = []
  const began = performance.now()
  transports.push(library.create(server, 0))
  const second = performance.now()
  while (transports.length <= count) transports.push(library.create(server, 0))
  return { first: second - began, each: (performance.now() - second) / count }
}

/** Bytes of heap per idle transport. */
async function idle(library: Library, { server, count, used }: Idle): Promise<number> {
  const transports: unknown[] = []
  const [message] = messagesOf(1, 100)
  const fill = async (size: number): Promise<void> => {
    const added = Array.from({ length: size }, () => library.create(server, 0))
    transports.push(...added)
    if (used) for (const transport of added) await library.send(transport, message!)
  }
  // Code that is loaded and compiled for the first transports is not counted.
  await fill(100)
  const { heapUsed: before } = await memoryAtRest()
  await fill(count)
  const { heapUsed: after } = await memoryAtRest()
  for (const transport of transports) library.close(transport)
  return (after - before) / count
}

/** Sends one message at a time per connection. */
async function sendByConnection(send: (message: Message) => Promise<unknown>, messages: readonly Message[], connections: number): Promise<void> {
  const remaining = messages.values()
  await Promise.all(
    Array.from({ length: Math.max(connections, 1) }, async () => {
      for (const message of remaining) await send(message)
    }),
  )
}

async function measured(run: () => Promise<void>): Promise<Run> {
  const writesBefore = writeCalls()
  const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()]
  await run()
  const now = performance.now()
  const { user, system } = process.cpuUsage(cpuBefore)
  return { ms: now - startedAt, cpu: (user + system) / 1_000, ended: performance.timeOrigin + now, writes: writeCalls() - writesBefore }
}

/** Write system calls of this process so far; almost all are to sockets. */
function writeCalls(): number {
  const counts = readFileSync('/proc/self/io', 'utf8')
  return Number(/^syscw: (\d+)$/m.exec(counts)![1])
}

function messagesOf(count: number, length: number, attachment?: Buffer): readonly Message[] {
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
