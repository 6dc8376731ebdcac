#!/usr/bin/env node
import { run } from './run.ts'

const interrupt = new AbortController()
// A second Ctrl-C ends the process at once.
process.once('SIGINT', () => interrupt.abort())
// The reader of a pipe may have seen enough: `postern doctor | head`.
process.stdout.on('error', () => process.exit())

const { stdin, stdout, stderr, env } = process
process.exitCode = await run(process.argv.slice(2), { stdin, stdout, stderr, env, cwd: process.cwd(), signal: interrupt.signal })
