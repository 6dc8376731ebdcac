// Runs the contract on Bun and Deno, with their own servers. Each writes a report for the count of CI.
import { spawnSync } from 'node:child_process'

const vitest = new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url).pathname
const runtimes = {
  bun: ['--bun'],
  // Without the last flag, Deno warns of every signal, because it also aborts those of finished requests.
  deno: ['run', '--allow-all', '--no-lock', '--unstable-no-legacy-abort'],
}

const statuses = Object.entries(runtimes).map(([name, args]) => {
  process.stdout.write(`\n--- ${name}\n`)
  return spawnSync(`node_modules/.bin/${name}`, [...args, vitest, 'run', 'src/contract.test.ts', `--outputFile.json=reports/${name}.json`], { stdio: 'inherit' }).status
})
process.exitCode = statuses.every((status) => status === 0) ? 0 : 1
