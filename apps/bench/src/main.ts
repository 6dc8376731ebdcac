import { readCommandLine } from './command-line.ts'
import { startPostfix } from './postfix/index.ts'
import { sections } from './sections.ts'
import { render } from './table.ts'

const { names, options, withPostfix } = readCommandLine()
const needsPostfix = withPostfix && names.some((name) => sections[name]!.onPostfix)

console.log('Postern compared with its peers. All sections take about half an hour.')
if (needsPostfix) console.log('Some sections need root for Postfix behind a firewall: --without-postfix leaves them out.')

const postfix = needsPostfix ? await startPostfix() : undefined
try {
  for (const name of names) {
    const { onPostfix, local } = sections[name]!
    const rows = [...((postfix && (await onPostfix?.(postfix))) ?? []), ...((await local?.(options)) ?? [])]
    if (rows.length === 0) continue
    console.log(`\n${name}\n${render(rows)}`)
    if (rows.some(({ met }) => met === false)) process.exitCode = 1
  }
  console.log(`Node ${process.version}. Medians; first mail: a new transport, connection, TLS, login and message each time.`)
} finally {
  await postfix?.close()
}
