/** Projects for tests of the orchestrator: on a stepping clock, with agents that do what a test tells them. */

import {
  createOrchestrator,
  defineAgent,
  defineLifecycle,
  memoryStore,
  type AgentContext,
  type Fact,
  type FactType,
  type Orchestrator,
  type OrchestratorOptions,
  type PhaseDefinition,
  type PhaseView,
} from 'stagecraft/runtime'
import { steppingClock } from 'stagecraft/testing'

export type Work = (view: PhaseView, context: AgentContext) => unknown

/** An agent that is given the whole view. */
export const agent = (
  name: string,
  run: Work,
  settings: { retriesMax?: number; timeoutMs?: number } = {},
) => {
  const { retriesMax = 0, ...rest } = settings
  return defineAgent({
    name,
    ...rest,
    retry: { retriesMax, backoff: { baseMs: 1_000, jitter: 'none' } },
    run: (input, context) => run(input as PhaseView, context),
  })
}

/** Turns of the event loop after which a condition is called hopeless. */
const PATIENCE_TURNS = 2_000

/** A clock, a store, and orchestrators on them: one after the other, as after a crash or a restart. */
export function scene() {
  const clock = steppingClock({ startMs: 1_000 })
  const store = memoryStore()

  /** Waits for a condition without letting time pass. */
  const until = async (isSo: () => boolean, what = 'the condition'): Promise<void> => {
    for (let turn = 0; turn < PATIENCE_TURNS; turn += 1) {
      if (isSo()) return
      await new Promise((resolve) => setImmediate(resolve))
    }
    throw new Error(`Waited in vain for ${what}.`)
  }

  return {
    clock,
    store,
    until,
    start: (options: Partial<OrchestratorOptions> = {}): Promise<Orchestrator> =>
      createOrchestrator({ store, clock, random: () => 0.5, ...options }),
    /** Waits until a timer is armed for then, and lets time pass up to it. */
    reach: async (atMs: number): Promise<void> => {
      await until(() => clock.armed.includes(atMs), `a timer at ${atMs}; there are ${clock.armed.join(', ')}`)
      await clock.advanceAsync(atMs - clock.now())
    },
    /** Resolves after that many milliseconds of the clock; rejects as soon as the signal aborts. */
    wait: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const timer = clock.setTimeout(resolve, ms)
        signal.addEventListener(
          'abort',
          () => {
            clock.clearTimeout(timer)
            reject(signal.reason as Error)
          },
          { once: true },
        )
      }),
  }
}

export const lifecycle = (
  phases: readonly PhaseDefinition[],
  {
    name = 'demo',
    version = 1,
    ...rest
  }: {
    name?: string
    version?: number
    phasesMax?: number
    units?: Readonly<Record<string, string>>
  } = {},
) => defineLifecycle({ name, version, phases, ...rest })

export const project = (id = 'drone-001') => ({
  id,
  lifecycle: 'demo',
  intent: 'Design a quadcopter for agricultural surveying',
})

/** Everything that was told, in order, and how it ended. */
export function listen(orchestrator: Orchestrator, options: Parameters<Orchestrator['facts']>[0] = {}) {
  const facts: Fact[] = []
  const heard: { facts: Fact[]; end: unknown } = { facts, end: undefined }
  orchestrator.facts(options).subscribe({
    next: (fact) => facts.push(fact),
    error: (error: unknown) => (heard.end = error),
    complete: () => (heard.end = 'complete'),
  })
  return heard
}

/** All facts of a store up to now, read again from its beginning. */
export async function allFacts({ projects }: Orchestrator): Promise<readonly Fact[]> {
  const listed = await projects.list({ limit: 1_000 })
  const histories = await Promise.all(listed.map(({ id }) => projects.history(id)))
  return histories.flat().toSorted((one, other) => one.cursor - other.cursor)
}

export const typesOf = (facts: readonly Fact[]): readonly FactType[] => facts.map(({ type }) => type)

/** The payload of the only fact of a type. */
export function payloadOf(facts: readonly Fact[], type: FactType): Record<string, unknown> {
  const found = facts.filter((fact) => fact.type === type)
  if (found.length !== 1) throw new Error(`There are ${found.length} facts of type ${type}.`)
  return found[0]?.payload as Record<string, unknown>
}

/** The error something was refused with. */
export async function refusal(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await promise
  } catch (error) {
    return error as { code: string; message: string }
  }
  throw new Error('Nothing was refused.')
}
