import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from './files.mjs'
import { checkTarballs } from './tarballs.mjs'

/** What was counted: tests by the reports that they write, everything else as one. */
const count = { passed: 0, failed: 0 }

const pnpm = ['npx', '--yes', 'pnpm@12.21.0']

tests('tests', ['npm', 'test'], ['reports/vitest.json'])
tests('system tests', ['npm', 'run', 'test:system'], ['reports/vitest-system.json', 'reports/bun.json', 'reports/deno.json'])
check('lint', [...pnpm, 'run', 'lint'])
check('types', [...pnpm, 'run', 'types'])
check('imports', [...pnpm, 'run', 'check:imports'])
check('public surface', [...pnpm, 'run', 'check:api'])
check('packages', [...pnpm, 'run', 'check:packages'])
check('size', [...pnpm, 'run', 'check:size'])
for (const { name, ok, output } of checkTarballs(pnpm)) note(`packed: ${name}`, ok, output)

console.log(`\n${count.passed} passed, ${count.failed} failed`)
process.exitCode = count.failed > 0 ? 1 : 0

/** A test run counts its tests. One that says it failed, or that ran nothing, is a failure of its own. */
function tests(name, command, files) {
  const ok = run(name, command)
  const reports = files.flatMap((file) => globSync(file)).map((file) => JSON.parse(readFileSync(file, 'utf8')))
  const passed = sum(reports.map(({ numPassedTests }) => numPassedTests))
  const failed = sum(reports.map(({ numFailedTests }) => numFailedTests))
  count.passed += passed
  count.failed += failed
  console.log(`${name}: ${passed} passed, ${failed} failed`)
  if (passed === 0 || (!ok && failed === 0)) note(`${name} as a whole`, false)
}

function check(name, command) {
  note(name, run(name, command))
}

function note(name, ok, output = '') {
  count[ok ? 'passed' : 'failed']++
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`)
  if (!ok && output) console.log(output)
}

function run(name, [command, ...args]) {
  console.log(`\n--- ${name}`)
  const env = { ...process.env, CI: 'true', TURBO_TELEMETRY_DISABLED: '1' }
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0
}

function sum(numbers) {
  return numbers.reduce((total, one) => total + one, 0)
}
