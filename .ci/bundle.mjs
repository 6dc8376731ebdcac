// Bundles the package in the working directory: one JavaScript file for each entry of its `exports` and each command of its `bin`, into `dist`.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build } from 'rolldown'

const { exports, bin = {}, dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))

const nameOf = (output) => relative('dist', output).replace(/\.js$/, '')

/** Source file by output name. An entry without `default` is not published. The source of a command has its name. */
const input = Object.fromEntries([
  ...Object.values(exports)
    .filter((entry) => entry.default)
    .map((entry) => [nameOf(entry.default), entry['@postern/source']]),
  ...Object.values(bin).map((output) => [nameOf(output), `src/${nameOf(output)}.ts`]),
])

/** Installed with the package, and imported. What is a devDependency goes into the bundle. */
const installed = Object.keys({ ...dependencies, ...peerDependencies })

await build({
  input,
  platform: 'node',
  external: (id) => id.startsWith('node:') || installed.some((name) => id === name || id.startsWith(`${name}/`)),
  // Decorators and their metadata are compiled as the package has it.
  tsconfig: 'tsconfig.build.json',
  plugins: [
    { name: 'ascii', generateBundle: escapeToAscii },
    { name: 'licenses', generateBundle: emitLicenses },
  ],
  output: {
    dir: 'dist',
    cleanDir: true,
    sourcemap: true,
    // Comments are in the declarations and in the source map.
    comments: { jsdoc: false },
    chunkFileNames: '[name].js',
    // One file for what several entries have in common: its classes and its state exist once. A single entry has that in itself.
    ...(Object.keys(input).length > 1 && { codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] } }),
  },
})

/**
 * One character beyond Latin-1, in a text or a pattern, makes V8 keep and read the whole file with two bytes a character: 4 % of
 * the CPU time from the start of a process to its first mail.
 */
function escapeToAscii(_, bundle) {
  for (const file of Object.values(bundle)) {
    if (file.type === 'chunk') file.code = file.code.replace(/[^\t\n\r -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  }
}

/** The licenses of the packages in the bundle, which have to be handed on with it. */
function emitLicenses(_, bundle) {
  const files = Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds)
  const folders = new Set(files.flatMap((file) => file.match(/.*\/node_modules\/(?:@[^/]+\/)?[^/]+/) ?? []))
  if (folders.size === 0) return
  const source = [...folders].map(licenseOf).sort().join('\n')
  this.emitFile({ type: 'asset', fileName: 'third-party-licenses.txt', source })
}

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  if (!file) throw new Error(`${name} has no license file.`)
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}
