/** The documents: the plan that people approve, and in the end the report with its plots and the values behind it. */

import { z } from 'zod'
import { planOf } from '../report/plan.ts'
import { plotsOf } from '../report/plots.ts'
import { reportOf } from '../report/report.ts'
import { designedIn, type QuadcopterView } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

const Estimate = z.looseObject({ longestMin: z.number() })

export const document = quadcopterAgent('document', (view, { progress }) => {
  if (view.phase === 'PLANNING') return { markdown: plan(view) }
  const { design, history } = designedIn(view)
  const plotted = { asked: view.asked, design, history }
  const markdown = reportOf(view.project.intent, plotted)
  progress({ fraction: 0.5, message: 'written, now the plots' })
  return { markdown, plots: plotsOf(plotted) }
})

/** The longest flight is left out where the feasibility did not say it, or something else was asked for by then. */
function plan({ project, asked, results }: QuadcopterView): string {
  const estimate = Estimate.safeParse(results['FEASIBILITY']?.['GeometryEstimator']).data
  return planOf(project.intent, asked, asked.remark === null ? estimate?.longestMin : undefined)
}
