import { hydrate } from 'preact'
import { LivePage } from './live/live-page.tsx'
import type { PageData } from './page-data.ts'

const data = JSON.parse(document.getElementById('page-data')!.textContent) as PageData
hydrate(<LivePage data={data} />, document.getElementById('app')!)
