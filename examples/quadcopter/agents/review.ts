/** Looks over the report: whole, every plot there and well formed, no number missing. */

import { z } from 'zod'
import { PLOTS } from '../report/plots.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

const Document = z.looseObject({ markdown: z.string(), plots: z.record(z.string(), z.string()) })
/** What a formula leaves behind when something was missing. */
const HOLE = /\b(?:NaN|undefined|null|Infinity|\[object Object\])/

export const review = quadcopterAgent('review', ({ tasks }) => {
  // The task depends on Document, so it has ended well.
  const { markdown, plots } = Document.parse(tasks['Document'])
  const holes = [...Object.entries(plots), ['the report', markdown] as const].flatMap(([name, content]) =>
    HOLE.test(content) ? [`There is a hole in ${name}.`] : [],
  )
  const missing = PLOTS.filter((name) => !plots[name] || !markdown.includes(`(${name}.svg)`))
  const remarks = [...holes, ...missing.map((name) => `The plot ${name} is missing or nobody looks at it.`)]
  return { complete: remarks.length === 0, remarks, words: markdown.split(/\s+/).length }
})
