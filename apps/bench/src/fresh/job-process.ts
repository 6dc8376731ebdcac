import type { Job, Result, SenderName } from './job.ts'
import { perform } from './jobs.ts'
import { libraries } from './libraries.ts'

/** Imports one library, measures one job and reports it. The arguments are the library's name and the job as JSON. */
const [name, job] = process.argv.slice(2)
const began = performance.now()
const library = await libraries[name as SenderName]()
const imported = performance.now() - began
const result: Result = { imported, ...(await perform(library, JSON.parse(job!) as Job)) }
process.send?.(result, () => process.exit())
