import { readCommandLine } from './command-line.ts'
import { startPostfix } from './postfix/index.ts'
import { sections } from './sections.ts'
import { render } from './table.ts'

const { names, extent, withPostfix } = readCommandLine()
const needsPostfix = withPostfix && names.some((name) => sections[name]!.onPostfix)

console.log('Postern beside its peers, in one run. All sections take about half an hour.')
if (needsPostfix) console.log('Some lines are measured on a Postfix behind a firewall, as root: --without-postfix leaves them out.')

const postfix = needsPostfix ? await startPostfix() : undefined
try {
  for (const name of names) {
    const { onPostfix, local } = sections[name]!
    const rows = [...((postfix && (await onPostfix?.(postfix))) ?? []), ...((await local?.(extent)) ?? [])]
    if (rows.length === 0) continue
    console.log(`\n${name}\n${render(rows)}`)
    if (rows.some(({ met }) => met === false)) process.exitCode = 1
  }
  console.log(`Node ${process.version}. Medians; first mail: a new transport, connection, TLS, login and message each time.`)
} finally {
  await postfix?.close()
}
