import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** An app in a temporary folder. */
export interface ScratchApp {
  readonly folder: string
  /** Runs a command of the app's dependencies, with these environment variables. */
  run(command: string, env: Readonly<Record<string, string>>): Promise<void>
  remove(): void
}

export interface ScratchAppOptions {
  /** Versions by package name, for npm. */
  readonly dependencies: Readonly<Record<string, string>>
  /** Texts by path. */
  readonly files: Readonly<Record<string, string>>
}

interface Manifest {
  readonly peerDependencies?: Readonly<Record<string, string>>
  /** What pnpm changes when it packs. */
  readonly publishConfig: object
}

const ours = ['core', 'nodemailer', 'web']
const execute = promisify(execFile)

/** Installs an app with packages that are too large for this workspace, and with ours as they are built. */
export async function createScratchApp({ dependencies, files }: ScratchAppOptions): Promise<ScratchApp> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-app-'))
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 })
  // Vitest sets two variables that change what npm and build tools do.
  const { VITEST: _vitest, NODE_ENV: _environment, ...env } = process.env
  const npm = async (args: readonly string[], more = {}) => void (await execute('npm', args, { cwd: folder, env: { ...env, ...more } }))
  try {
    const manifest = { private: true, type: 'module', dependencies: { ...manifestOf('nodemailer').peerDependencies, ...dependencies } }
    for (const [path, text] of Object.entries({ 'package.json': JSON.stringify(manifest), ...files })) write(join(folder, path), text)
    await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])
    // Copies, because bundlers refuse what is outside of the app.
    for (const name of ours) copyPackage(name, join(folder, 'node_modules/@postern', name))
    return { folder, remove, run: (command, more) => npm(['exec', '--', ...command.split(' ')], more) }
  } catch (error) {
    remove()
    throw error
  }
}

/** Copies what would be published. */
function copyPackage(name: string, to: string): void {
  const { publishConfig, ...manifest } = manifestOf(name)
  write(join(to, 'package.json'), JSON.stringify({ ...manifest, ...publishConfig }))
  cpSync(join(packageOf(name), 'dist'), join(to, 'dist'), { recursive: true })
}

function packageOf(name: string): string {
  return fileURLToPath(new URL(`../../${name}`, import.meta.url))
}

function manifestOf(name: string): Manifest {
  return JSON.parse(readFileSync(join(packageOf(name), 'package.json'), 'utf8')) as Manifest
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
