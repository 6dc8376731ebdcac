import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { arch, platform, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { workspaceFolders } from './files.mjs'

/** The oldest version that is supported, and one of each line since. */
const nodes = ['20.19.0', '22.23.3', '24.21.0', '26.10.0']
const ways = [['import.mjs'], ['require.cjs'], ['runtime.mjs'], ['--enable-source-maps', 'stack.mjs'], ['node_modules/postern/dist/postern.js', 'ports'], ['node_modules/postern/dist/postern.mjs', 'ports']]
/** The examples of the READMEs are TypeScript, which Node 20 does not run. */
const waysWithTypes = [...ways, ['readme.mjs']]
/** Other runtimes: the npm package with the binary, and the arguments before a program. */
const runtimes = { bun: ['1.4.5'], deno: ['2.9.6', 'run', '--allow-all', '--node-modules-dir=manual'] }
/** Each line of Nest that is supported, with the versions of its packages. */
const nests = {
  11: { common: '11.2.10', core: '11.2.10', 'platform-express': '11.2.10', testing: '11.2.6' },
  12: { common: '12.5.1', core: '12.5.1', 'platform-express': '12.5.1', testing: '12.1.1' },
}

/**
 * Packs what would be published, installs it in apps of their own as a user would, and has mail sent from there: by
 * `import` and by `require`, on every supported Node, and by Nest apps that are compiled to CommonJS and tested with Jest.
 */
export function* checkTarballs(pnpm) {
  const folder = mkdtempSync(join(tmpdir(), 'postern-packed-'))
  try {
    const tarballs = pack(pnpm, folder)
    const binaries = nodes.map((version) => [version, fetchNode(version, join(folder, `node-${version}`))])
    yield* checkApp(folder, tarballs, binaries)
    for (const [line, versions] of Object.entries(nests)) yield* checkNest(folder, tarballs, binaries, line, versions)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function* checkApp(folder, tarballs, binaries) {
  const { app, ...installed } = install('packed-app', join(folder, 'app'), tarballs)
  yield { name: 'installs', ...installed }
  if (!installed.ok) return
  for (const [version, binary] of binaries) {
    for (const way of version.startsWith('20.') ? ways : waysWithTypes) yield { name: `${way.map((one) => basename(one)).join(' ')} on Node ${version}`, ...run(binary, way, app) }
  }
  for (const [name, [version, ...args]] of Object.entries(runtimes)) {
    const binary = fetchRuntime(name, version, join(folder, name))
    for (const program of ['import.mjs', 'runtime.mjs']) yield { name: `${program} on ${name} ${version}`, ...run(binary, [...args, program], app) }
  }
}

function* checkNest(folder, tarballs, binaries, line, versions) {
  const wanted = Object.fromEntries(Object.entries(versions).map(([name, version]) => [`@nestjs/${name}`, version]))
  const { app, ...installed } = install('packed-nest', join(folder, `nest-${line}`), tarballs, wanted)
  yield { name: `Nest ${line} installs`, ...installed }
  if (!installed.ok) return
  writeFileSync(join(app, 'src/readme.ts'), firstExample(join(app, 'node_modules/@postern/nestjs/README.md')))
  yield { name: `Nest ${line} compiles to CommonJS`, ...run('npm', ['run', 'build'], app) }
  for (const [version, binary] of binaries) {
    yield {
      name: `Nest ${line} sends, and ends on SIGTERM in mid-send, on Node ${version}`,
      ...run(binary, ['drive.mjs'], app),
    }
  }
  yield { name: `Nest ${line} is tested with Jest`, ...run('npm', ['test'], app) }
}

/** A copy of an app of this folder with the tarballs in it. The packages depend on each other by a version that is in no registry yet. */
function install(from, app, tarballs, wanted = {}) {
  mkdirSync(app)
  cpSync(resolve('.ci', from), app, { recursive: true })
  const manifest = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'))
  Object.assign(manifest, { dependencies: { ...manifest.dependencies, ...wanted, ...tarballs }, overrides: tarballs })
  writeFileSync(join(app, 'package.json'), JSON.stringify(manifest, null, 2))
  return { app, ...run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], app) }
}

/** The first TypeScript of a README, as it was published. */
function firstExample(readme) {
  return /```ts\n([^]*?)```/.exec(readFileSync(readme, 'utf8'))[1]
}

/** The tarballs by package name. pnpm alone puts in the published `exports`. */
function pack([command, ...args], folder) {
  const tarballs = {}
  for (const path of workspaceFolders()) {
    const { name, private: isPrivate } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
    if (isPrivate) continue
    const { ok, output } = run(command, [...args, 'pack', '--pack-destination', folder], path)
    if (!ok) throw new Error(`${name} cannot be packed: ${output}`)
    tarballs[name] = `file:${join(folder, basename(output.match(/\S+\.tgz/g).at(-1)))}`
  }
  return tarballs
}

/** The npm package holds the binary and runs no script. */
function fetchNode(version, folder) {
  mkdirSync(folder)
  const name = `node-${platform()}-${arch()}`
  const { ok, output } = run(
    'npm',
    ['install', '--prefix', folder, '--no-audit', '--no-fund', `${name}@${version}`],
    folder,
  )
  if (!ok) throw new Error(`Node ${version} cannot be had: ${output}`)
  return join(folder, 'node_modules', name, 'bin', 'node')
}

/** Both put their binary in place by an install script. */
function fetchRuntime(name, version, folder) {
  mkdirSync(folder)
  const { ok, output } = run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts=false', `${name}@${version}`], folder)
  if (!ok) throw new Error(`${name} ${version} cannot be had: ${output}`)
  return join(folder, 'node_modules', '.bin', name)
}

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 300_000 })
  return { ok: status === 0, output: `${stdout}\n${stderr}\n${error ?? ''}` }
}
