import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withFreshLists } from '../host/packages.ts'
import { run } from '../host/run.ts'

/** Downloads packages of this Debian release and unpacks them into a folder, without installing them. */
export async function unpackPackages(folder: string, names: readonly string[]): Promise<void> {
  await withFreshLists(() => download(folder, names))
  await unpack(folder)
}

/** The same with packages of another release, if this machine's mirror has it. */
export async function unpackFromRelease(folder: string, release: string, names: readonly string[]): Promise<void> {
  const sources = join(folder, 'release.sources')
  const lists = join(folder, 'lists')
  await mkdir(join(lists, 'partial'), { recursive: true })
  await writeFile(sources, await sourceText(release))
  // Separate lists leave the machine's apt state unchanged.
  const caches = ['-o', 'Dir::Cache::pkgcache=', '-o', 'Dir::Cache::srcpkgcache=']
  const from = ['-o', `Dir::Etc::sourcelist=${sources}`, '-o', 'Dir::Etc::sourceparts=-']
  const options = [...from, '-o', `Dir::State::lists=${lists}`, ...caches]
  await run('apt-get', [...options, 'update'])
  await download(folder, names, options)
  await unpack(folder)
}

/** Whether the mirror has no such release any more. Any other error, such as a network failure, is not that. */
export function isReleaseMissing(error: unknown): boolean {
  return String(error).includes('does not have a Release file')
}

/** An apt source for the release on this machine's mirror. */
async function sourceText(release: string): Promise<string> {
  const filters = ['Identifier: Packages', 'Origin: Debian', 'Label: Debian']
  const mirror = await run('apt-get', ['indextargets', '--format', '$(REPO_URI)', ...filters])
  const source = {
    Types: 'deb',
    URIs: mirror.split('\n')[0],
    Suites: release,
    Components: 'main',
    'Signed-By': '/usr/share/keyrings/debian-archive-keyring.gpg',
  }
  const lines = Object.entries(source).map(([name, value]) => `${name}: ${value}\n`)
  return lines.join('')
}

async function download(folder: string, names: readonly string[], options: readonly string[] = []): Promise<void> {
  await run('apt-get', [...options, 'download', ...names], { cwd: folder })
}

async function unpack(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.endsWith('.deb')) await run('dpkg-deb', ['--extract', join(folder, name), folder])
  }
}
