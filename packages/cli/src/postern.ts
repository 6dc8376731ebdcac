#!/usr/bin/env node
import { exitCode } from './exit-code.ts'
import { run } from './run.ts'
import { systemTime } from './system-time.ts'

const interrupt = new AbortController()
// A second Ctrl-C ends the process at once.
process.once('SIGINT', () => interrupt.abort())
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe may have seen enough: `postern doctor | head`.
  if (error.code === 'EPIPE') process.exit()
  process.stderr.write(`postern: ${error.message}\n`)
  process.exit(exitCode.internal)
})

const { stdout, stderr, env } = process
process.exitCode = await run(process.argv.slice(2), {
  // Node opens it when it is read, which few commands do.
  get stdin() {
    return process.stdin
  },
  stdout,
  stderr,
  env,
  cwd: process.cwd(),
  time: systemTime,
  signal: interrupt.signal,
})
