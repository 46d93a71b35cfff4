/** What is wanted, in sentences that can be agreed to, and in values that the rest is held against. */

import { digits } from '../report/markdown.ts'
import type { Requirements } from '../requirements.ts'
import { record } from '../values.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

export const conversational = quadcopterAgent('conversational', async (view, context) => {
  const { project, asked } = view
  await record(context, valuesOf(asked))
  return {
    goal: project.intent,
    requirements: [
      `It carries ${digits(asked.payloadKg)} kg.`,
      `It surveys for ${asked.enduranceMin} minutes, against a wind of ${digits(asked.windMs)} m/s.`,
      `It works in air of ${digits(asked.ambientC)} °C at ${asked.altitudeM} m, ${asked.site} surroundings.`,
      `From rotor to opposite rotor it measures at most ${asked.spanMaxM} m.`,
      `It costs at most ${asked.budget} currency units.`,
    ],
    assumed: asked.assumed,
    notUnderstood: asked.notUnderstood,
    remark: asked.remark,
  }
})

const wanted = (id: string, magnitude: number, unit: string, description: string) => ({
  id: `requirements.${id}`,
  magnitude,
  unit,
  source: 'the intent',
  // Nobody moves the goalposts: a changed wish is a new plan.
  locked: true,
  description,
})

function valuesOf({ payloadKg, enduranceMin, ambientC, altitudeM, windMs, spanMaxM }: Requirements) {
  return [
    wanted('payload', payloadKg, 'kg', 'What it carries.'),
    wanted('endurance', enduranceMin, 'min', 'How long it surveys on one charge.'),
    wanted('ambient', ambientC, 'degC', 'Of the air it works in.'),
    wanted('altitude', altitudeM, 'm', 'Above sea level.'),
    wanted('wind', windMs, 'm/s', 'Against which it flies.'),
    wanted('span_max', spanMaxM, 'm', 'From rotor to opposite rotor.'),
  ]
}
