// Bundles the command of the package in the working directory, with everything that it imports, into one file that needs Node alone: `dist/<command>.mjs`.
import { readFileSync } from 'node:fs'
import { build } from 'rolldown'
import { escapeToAscii, licensesOf } from './bundle-output.mjs'

const { bin } = JSON.parse(readFileSync('package.json', 'utf8'))
const [[command]] = Object.entries(bin)

await build({
  input: `src/${command}.ts`,
  platform: 'node',
  tsconfig: 'tsconfig.build.json',
  plugins: [
    { name: 'licenses', generateBundle: appendLicenses },
    { name: 'ascii', generateBundle: escapeToAscii },
  ],
  output: { file: `dist/${command}.mjs`, minify: true, codeSplitting: false, comments: { jsdoc: false } },
})

function appendLicenses(_, bundle) {
  const files = Object.values(bundle)
  for (const file of files) file.code += `/*\n${licensesOf(files).replaceAll('*/', '* /')}*/\n`
}
