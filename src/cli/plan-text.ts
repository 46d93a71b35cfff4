/** Writes the plan of a panel for a person: stages in order, each critic with its settings and where they come from. */

import type { CriticPlan, Plan } from '../model/plan.ts'

export function planText(plan: Plan): string {
  const named = (index: number) => plan.critics[index]
  const stages = plan.stages.flatMap(({ stage, critics }, index) => [
    '',
    `${index + 1}. ${stage}`,
    ...critics.flatMap((at) => criticLines(named(at), plan)),
  ])
  const weight = plan.critics.reduce((sum, critic) => sum + critic.cost, 0)
  const heading = `${plan.critics.length} critics in ${plan.stages.length} stages, cost ${weight} when all of them run.`
  const legend =
    'In brackets: where a setting comes from. Inside a stage, critics start in this order once they are ready.'
  return [heading, legend, ...stages].join('\n')
}

function criticLines(critic: CriticPlan | undefined, plan: Plan): string[] {
  if (!critic) return []
  const { name, priority, policy, required, domain, cost, sources } = critic
  const settings = [
    `policy ${policy}${from(critic, 'policy')}`,
    `priority ${priority} [${sources.priority}]`,
    `stage [${sources.stage}]`,
    `domain ${domain} [${sources.domain}]`,
    required ? 'required' : 'not required',
    `cost ${cost}`,
  ]
  return [
    `   ${name}`,
    `      ${settings.join(', ')}`,
    ...[waiting(critic), looking(critic, plan), timing(critic), limits(critic), tags(critic)].flatMap(
      (line) => (line === undefined ? [] : [`      ${line}`]),
    ),
  ]
}

const from = ({ sources }: CriticPlan, setting: keyof CriticPlan['sources']) => ` [${sources[setting]}]`

const waiting = ({ dependsOn }: CriticPlan) =>
  dependsOn.length > 0 ? `waits for ${dependsOn.join(', ')}` : undefined

const tags = (critic: CriticPlan) => (critic.tags.length > 0 ? `tags ${critic.tags.join(', ')}` : undefined)

function looking({ name, policy }: CriticPlan, plan: Plan): string | undefined {
  if (policy === 'ON_HIGH_RISK') return 'its gate looks at the risk tier'
  const others = plan.looksAt[name]
  if (others === undefined) return undefined
  return others.length > 0 ? `its gate looks at ${others.join(', ')}` : 'its gate has no critic to look at'
}

function timing({ timeoutMs, retriesMax, retryOnTimeout, backoff }: CriticPlan): string {
  const timeout = `times out after ${timeoutMs} ms`
  if (retriesMax === 0) return `${timeout}, no retries`
  const { baseMs, factor, maxMs, jitter } = backoff
  const waits = `waiting ${baseMs} ms x ${factor}^n, at most ${maxMs} ms${jitter === 'full' ? ', jittered' : ''}`
  return `${timeout}, up to ${retriesMax} retries after errors${retryOnTimeout ? ' and timeouts' : ''}, ${waits}`
}

function limits({ limits: { concurrentMax, ratePerSecond, burst } }: CriticPlan): string | undefined {
  const bounds = [
    ...(concurrentMax === undefined ? [] : [`${concurrentMax} at once`]),
    ...(ratePerSecond === undefined ? [] : [`${ratePerSecond} a second, bursts of ${burst}`]),
  ]
  return bounds.length > 0 ? `limited to ${bounds.join(', ')}, over all reviews` : undefined
}
