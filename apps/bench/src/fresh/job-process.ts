import type { Job, Result, SenderName } from './job.ts'
import { runLibraryJob } from './jobs.ts'
import { libraries } from './libraries.ts'

/** Imports a library, measures one job and reports the result. Arguments: the library's name, the job as JSON. */
const [name, job] = process.argv.slice(2)
const startedAt = performance.now()
const library = await libraries[name as SenderName]()
const imported = performance.now() - startedAt
const result: Result = { imported, ...(await runLibraryJob(library, JSON.parse(job!) as Job)) }
process.send?.(result, () => process.exit())
