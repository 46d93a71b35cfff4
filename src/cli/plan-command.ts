/** `stagecraft plan`: shows what a panel will do, before it does it. */

import { criticMachine } from '../machines/critic.ts'
import { reviewMachine } from '../machines/review.ts'
import { stageMachine } from '../machines/stage.ts'
import { EXIT } from './exit-code.ts'
import type { Io } from './io.ts'
import { loadPanel } from './load-panel.ts'
import { mermaidOf } from './mermaid.ts'
import { planText } from './plan-text.ts'
import { quietSinkOf } from './sink.ts'

export const CHARTS = ['critic', 'stage', 'review'] as const
export type ChartName = (typeof CHARTS)[number]

const charts: Readonly<Record<ChartName, () => string>> = {
  critic: () => mermaidOf(criticMachine),
  stage: () => mermaidOf(stageMachine),
  review: () => mermaidOf(reviewMachine),
}

export type PlanOptions = {
  readonly panel: string
  /** Only this chart, as bare Mermaid; otherwise the plan and all charts, in fences a Markdown page can hold. */
  readonly chart?: ChartName
}

export async function planCommand({ panel: path, chart }: PlanOptions, io: Io): Promise<number> {
  const panel = await loadPanel(path, io.cwd)
  const stdout = quietSinkOf(io.stdout)
  try {
    if (chart === undefined) await stdout.write(`${planText(panel.plan)}\n${CHARTS.map(fenced).join('')}`)
    else await stdout.write(charts[chart]())
    return EXIT.ok
  } finally {
    stdout.release()
    await panel[Symbol.asyncDispose]?.()
  }
}

const fenced = (name: ChartName): string =>
  `\nThe chart of a ${name}:\n\n\`\`\`mermaid\n${charts[name]()}\`\`\`\n`
