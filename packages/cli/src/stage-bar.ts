import type { ProbeReport, Stage } from '@postern/core'
import type { Cell, Style } from './output.ts'

/** The width of a bar. */
export const BAR_WIDTH = 16

/** The shapes of the stages, in their order. They differ without colours, too. */
const shapes = {
  dns: { shape: '░', style: 'cyan' },
  connect: { shape: '▒', style: 'cyan' },
  greeting: { shape: '▓', style: 'yellow' },
  ehlo: { shape: '▪', style: 'green' },
  starttls: { shape: '▫', style: 'green' },
  tls: { shape: '█', style: 'cyan' },
} as const satisfies Readonly<Partial<Record<Stage, { readonly shape: string; readonly style: Style }>>>

type ShownStage = keyof typeof shapes

/** Which share of its time a port has spent in each stage. Shares that are too small for the bar are left out. */
export function stageBar(report: ProbeReport): readonly Cell[] {
  const times = stageTimes(report)
  const total = times.reduce((sum, { ms }) => sum + ms, 0)
  const cellsUntil = (ms: number) => Math.round((ms / (total || 1)) * BAR_WIDTH)
  let passed = 0
  return times.map(({ stage, ms }) => {
    const start = cellsUntil(passed)
    passed += ms
    const { shape, style } = shapes[stage]
    return { text: shape.repeat(cellsUntil(passed) - start), style }
  })
}

/** The milliseconds of each stage: `dns 1, connect 20, greeting 43` */
export function stageNumbers(report: ProbeReport): string {
  return stageTimes(report).map(({ stage, ms }) => `${stage} ${Math.round(ms)}`).join(', ')
}

/** What the shapes mean. */
export const stageLegend = Object.entries(shapes).map(([stage, { shape }]) => `${shape} ${stage}`).join('  ')

/** In the order in which they were reached. A stage may occur several times. */
function stageTimes({ stages }: ProbeReport): readonly { readonly stage: ShownStage; readonly ms: number }[] {
  const times = new Map<ShownStage, number>()
  for (const { stage, ms } of stages) {
    if (isShown(stage)) times.set(stage, (times.get(stage) ?? 0) + ms)
  }
  return [...times].map(([stage, ms]) => ({ stage, ms }))
}

function isShown(stage: Stage): stage is ShownStage {
  return Object.hasOwn(shapes, stage)
}
