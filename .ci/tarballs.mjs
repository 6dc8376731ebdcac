import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { arch, platform, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { workspaceFolders } from './files.mjs'

/** The oldest version that is supported, and one of each line since. */
const nodes = ['20.19.0', '22.23.3', '24.21.0', '26.10.0']
const ways = ['import.mjs', 'require.cjs']

/**
 * Packs what would be published, installs it in an app of its own as a user would, and has a mail sent from there: by
 * `import` and by `require`, on every supported Node.
 */
export function* checkTarballs(pnpm) {
  const folder = mkdtempSync(join(tmpdir(), 'postern-packed-'))
  try {
    const tarballs = pack(pnpm, folder)
    const app = join(folder, 'app')
    mkdirSync(app)
    cpSync(resolve('.ci/packed-app'), app, { recursive: true })
    const manifest = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'))
    // The packages depend on each other by version; that version is in no registry yet.
    Object.assign(manifest, { dependencies: { ...manifest.dependencies, ...tarballs }, overrides: tarballs })
    writeFileSync(join(app, 'package.json'), JSON.stringify(manifest, null, 2))
    const installed = run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], app)
    yield { name: 'installs', ...installed }
    if (!installed.ok) return
    for (const version of nodes) {
      const binary = fetchNode(version, join(folder, `node-${version}`))
      for (const way of ways) yield { name: `${way} on Node ${version}`, ...run(binary, [way], app) }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
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
  const { ok, output } = run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', `${name}@${version}`], folder)
  if (!ok) throw new Error(`Node ${version} cannot be had: ${output}`)
  return join(folder, 'node_modules', name, 'bin', 'node')
}

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 300_000 })
  return { ok: status === 0, output: `${stdout}\n${stderr}\n${error ?? ''}` }
}
