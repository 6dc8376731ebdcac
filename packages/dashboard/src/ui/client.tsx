import { hydrate } from 'preact'
import { LivePage } from './live/live-page.tsx'
import { readEmbeddedData } from './embedded-data.ts'

const data = readEmbeddedData(document.getElementById('page-data')!.textContent)
hydrate(<LivePage data={data} />, document.getElementById('app')!)
