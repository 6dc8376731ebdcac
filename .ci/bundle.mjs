// Bundles the package in the working directory: one JavaScript file for each entry of its `exports` and each command of its `bin`, into `dist`.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { build } from 'rolldown'
import { escapeToAscii, licensesOf } from './bundle-output.mjs'

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

/** The licenses of the packages in the bundle, which have to be handed on with it. */
function emitLicenses(_, bundle) {
  const source = licensesOf(Object.values(bundle))
  if (source !== '') this.emitFile({ type: 'asset', fileName: 'third-party-licenses.txt', source })
}
