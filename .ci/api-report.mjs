// Writes the public signatures of the package in the working directory to `api/`, one file for each entry of its `exports`.
// With --check it writes nothing, and fails when a file does not have what the declarations say, or an exported name has no comment.
import { mkdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor'

const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8'))
const isCheck = process.argv.includes('--check')
const folder = resolve('api')
const current = resolve('node_modules/.cache/api')

const reports = Object.entries(exports)
  .filter(([, { types }]) => types)
  .map(([path, { types }]) => ({ fileName: `${path === '.' ? 'index' : path.slice('./'.length)}.api.md`, types: resolve(types) }))

for (const to of [folder, current]) mkdirSync(to, { recursive: true })

let compilerState
for (const { fileName, types } of reports) {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: resolve('.'),
      mainEntryPointFilePath: types,
      compiler: { tsconfigFilePath: resolve('tsconfig.build.json') },
      apiReport: { enabled: true, reportFolder: folder, reportTempFolder: current, reportFileName: fileName },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve('package.json'),
  })
  compilerState ??= CompilerState.create(config, { additionalEntryPoints: reports.map((report) => report.types) })
  const { apiReportChanged } = Extractor.invoke(config, { compilerState, localBuild: !isCheck, printApiReportDiff: isCheck, messageCallback })
  for (const [, exported] of readFileSync(resolve(current, fileName), 'utf8').matchAll(/\(undocumented\)\n(export [^\n]+)/g)) {
    console.error(`${name} exports this without a comment: ${exported}`)
    process.exitCode = 1
  }
  if (!isCheck || !apiReportChanged) continue
  console.error(`The public surface of ${name} is not the one in api/${fileName}. If it should be: pnpm run write:api, and commit the file.`)
  process.exitCode = 1
}

/** Leaves the tool's advice on how to use it out, and the differences in. */
function messageCallback(message) {
  if (message.category === 'console' && message.messageId !== 'console-api-report-diff') message.handled = true
}
