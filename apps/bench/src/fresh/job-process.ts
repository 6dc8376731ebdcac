import { compose, create, idle, sendAll } from './jobs.ts'
import type { Job, Result, SenderName } from './job.ts'
import { libraries } from './libraries.ts'

/** Imports one library, measures one job and reports it. The arguments are the library's name and the job as JSON. */
const [name, text] = process.argv.slice(2)
const job = JSON.parse(text!) as Job
const began = performance.now()
const library = await libraries[name as SenderName]()
const imported = performance.now() - began

const measured: Omit<Result, 'imported'> =
  job.kind === 'mails' ? { runs: await sendAll(library, job) }
  : job.kind === 'compose' ? { runs: await compose(job) }
  : job.kind === 'create' ? { runs: [], created: create(library, job) }
  : { runs: [], heap: await idle(library, job) }

process.send?.({ imported, ...measured } satisfies Result, () => process.exit())
