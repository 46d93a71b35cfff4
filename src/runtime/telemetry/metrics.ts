/** Metrics of facts and episodes. Their attributes are names and outcomes of lifecycles: few, and never a project's id. */

import type { Attributes, Meter } from '@opentelemetry/api'
import type { Fact, FactType } from '../../model/fact.ts'
import type { Episode } from './episodes.ts'
import { wordsOf, type Words } from './fact-words.ts'

/** Seconds. Phases and agents may take hours, and people days. */
const WORK_SECONDS = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600, 14_400]
const WAIT_SECONDS = [60, 300, 900, 3_600, 14_400, 43_200, 86_400, 172_800, 345_600, 604_800, 2_592_000]

const PROJECT_ENDS: { readonly [type in FactType]?: string } = {
  PROJECT_COMPLETED: 'completed',
  PROJECT_PLANNED: 'plan_only',
  PROJECT_FAILED: 'failed',
  PROJECT_CANCELLED: 'cancelled',
}

const PHASE_ENDS: { readonly [type in FactType]?: string } = {
  PHASE_COMPLETED: 'completed',
  PHASE_FAILED: 'failed',
  PHASE_RETRYING: 'retrying',
  PHASE_LOOPED_BACK: 'looped_back',
  PHASE_HALTED: 'halted',
}

export class Metrics {
  readonly #projects
  readonly #phases
  readonly #agents
  readonly #retries
  readonly #approvals
  readonly #verdicts
  readonly #limits
  readonly #phaseDuration
  readonly #agentDuration
  readonly #approvalWait

  /** `agentsRunning` is asked when somebody collects. Returns of `stop` nothing is asked any more. */
  readonly stop: () => void

  constructor(meter: Meter, agentsRunning: () => number) {
    const counter = (name: string, unit: string, description: string) =>
      meter.createCounter(name, { unit, description })
    const histogram = (name: string, description: string, bounds: number[]) =>
      meter.createHistogram(name, {
        unit: 's',
        description,
        advice: { explicitBucketBoundaries: bounds },
      })
    this.#projects = counter('stagecraft.project.ended', '{project}', 'Projects by how they ended')
    this.#phases = counter('stagecraft.phase.ended', '{run}', 'Phase runs by what they came to')
    this.#agents = counter('stagecraft.agent.ended', '{task}', 'Tasks of agents by status')
    this.#retries = counter('stagecraft.agent.retried', '{attempt}', 'Attempts after the first')
    this.#approvals = counter('stagecraft.approval.ended', '{approval}', 'Waits for approval by end')
    this.#verdicts = counter('stagecraft.review.recorded', '{review}', 'Recorded reviews by verdict')
    this.#limits = counter('stagecraft.limit.reached', '{limit}', 'Limits that ended a project')
    this.#phaseDuration = histogram('stagecraft.phase.duration', 'Work of phase runs', WORK_SECONDS)
    this.#agentDuration = histogram('stagecraft.agent.duration', 'Tasks, all attempts', WORK_SECONDS)
    this.#approvalWait = histogram('stagecraft.approval.wait', 'From question to answer', WAIT_SECONDS)
    const running = meter.createObservableGauge('stagecraft.agent.running', {
      unit: '{task}',
      description: 'Agents at work',
    })
    const observe = (result: { observe(value: number): void }) => result.observe(agentsRunning())
    running.addCallback(observe)
    this.stop = () => running.removeCallback(observe)
  }

  count(fact: Fact): void {
    const { type } = fact
    const words = wordsOf(fact)
    const phase = { 'stagecraft.phase.name': words.phase }
    const end = PROJECT_ENDS[type]
    if (end) this.#projects.add(1, { 'stagecraft.project.end': end })
    const outcome = PHASE_ENDS[type]
    if (outcome) this.#phases.add(1, { ...phase, 'stagecraft.phase.outcome': outcome })
    if (type === 'AGENT_COMPLETED' || type === 'AGENT_FAILED') this.#countAgent(words)
    if (type === 'AGENT_SKIPPED') this.#agents.add(1, agentOf(words))
    if (type === 'AGENT_RETRY') this.#retries.add(1, { 'stagecraft.agent.name': words.agent })
    if (type === 'LIMIT_REACHED') this.#limits.add(1, { ...phase, 'stagecraft.limit.name': words.limit })
    if (type === 'REVIEW_RECORDED')
      this.#verdicts.add(1, {
        'stagecraft.panel.name': words.panel,
        'stagecraft.review.verdict': words.verdict,
      })
  }

  measure({ isStartKnown, startedAt, endedAt, phase, ...episode }: Episode): void {
    const seconds = Math.max(0, endedAt - startedAt) / 1_000
    const attributes = { 'stagecraft.phase.name': phase }
    if (episode.kind === 'phase') {
      const named = { ...attributes, 'stagecraft.phase.outcome': episode.outcome }
      if (isStartKnown) this.#phaseDuration.record(seconds, named)
      return
    }
    const named = { ...attributes, 'stagecraft.approval.end': episode.end }
    this.#approvals.add(1, named)
    if (isStartKnown) this.#approvalWait.record(seconds, named)
  }

  #countAgent(words: Words): void {
    const attributes = agentOf(words)
    this.#agents.add(1, attributes)
    this.#agentDuration.record(Number(words.durationMs) / 1_000, attributes)
  }
}

const agentOf = ({ agent, status }: Words): Attributes => ({
  'stagecraft.agent.name': agent,
  'stagecraft.agent.status': status,
})
