/** createOrchestrator: the embedded host of projects and recorded reviews, on a store of its own. */

import { Subject, type Observable } from 'rxjs'
import { waitFor, type ActorRefFrom, type InspectionEvent, type Observer } from 'xstate'
import { createActor } from '../compile/create-actor.ts'
import { z } from 'zod'
import { idleClock, wallClock } from '../actors/wall-clock.ts'
import type { OrchestratorStatus } from '../machines/orchestrator.ts'
import type { Clock } from '../model/clock.ts'
import { StagecraftError } from '../model/errors.ts'
import type { Fact } from '../model/fact.ts'
import { LIMITS } from '../model/limits.ts'
import type { Review } from '../model/review.ts'
import type { ReviewInput } from '../model/review-input.ts'
import { problemsOf } from '../model/problems.ts'
import { AgentPool } from './agents/agent-pool.ts'
import { agentsOf, type Agents } from './agents/agents.ts'
import { placesFor } from './agents/overall.ts'
import { Engine } from './engine/engine.ts'
import { fault } from './fault.ts'
import { Feed, type FactsOptions } from './journal/feed.ts'
import { useHostHash } from './host-hash.ts'
import { Inbox } from './inbox.ts'
import type { Lifecycle } from './projects/lifecycle.ts'
import { LifecycleUnits } from './projects/lifecycle-units.ts'
import { Lifecycles } from './projects/lifecycles.ts'
import type { Panel } from './panel/panel.ts'
import { Projects } from './projects/projects.ts'
import { RecordedReviews, type ReviewOptions } from './recorded-reviews.ts'
import { retain, type Retained, type RetentionPolicy } from './journal/retention.ts'
import { harmless } from '../model/harmless.ts'
import { INTERPRETERS, type Interpreter } from '../model/interpreter.ts'
import { fn } from '../model/function-schema.ts'
import { untilStopped } from './stopped.ts'
import type { JournalRecord, OwnedStore, Store } from './store/store.ts'
import { Waiters } from './projects/waiters.ts'
import { wireAgent, wireOrchestrator } from './wiring.ts'
import { perform } from './work/perform.ts'

export type OrchestratorOptions<PanelName extends string = string> = {
  /** Where journals live: `sqliteStore({ path })`, `memoryStore()`, or your own. */
  readonly store: Store
  /** Register every version that has projects under way. */
  readonly lifecycles?: readonly Lifecycle[]
  /** Panels by name, for `review` and for phases that ask for one. They stay yours to dispose. */
  readonly panels?: Readonly<Record<PanelName, Panel>>
  readonly limits?: {
    /** Calls of agents at once, of all projects and outside them; default 20. */
    readonly tasksConcurrentMax?: number
  }
  /** How long `stop` waits for running work before it aborts it; default 10,000. */
  readonly drainMs?: number
  /** Milliseconds since 1970; default the host's clock. */
  readonly clock?: Clock
  /** 0 to 1, for the jitter of retries; default Math.random. */
  readonly random?: () => number
  /** Who steps the charts; default what STAGECRAFT_INTERPRETER says, else `compiled`. */
  readonly interpreter?: Interpreter
  /** An XState inspector: sees the agents at work. */
  readonly inspect?: Observer<InspectionEvent> | ((event: InspectionEvent) => void)
  /** Hears of trouble nobody asked about: a store that is full, a request that cannot be read. */
  readonly onTrouble?: (error: unknown) => void
}

const Options = z.strictObject({
  store: z.looseObject(
    { open: fn, openReader: fn, openPostbox: fn },
    'must be a store, e.g. sqliteStore({ path })',
  ),
  lifecycles: z
    .array(z.looseObject({ plan: z.looseObject({}) }, 'must be made by defineLifecycle'))
    .default([]),
  panels: z.record(z.string(), z.looseObject({ review: fn }, 'must be made by createPanel')).default({}),
  limits: z
    .strictObject({ tasksConcurrentMax: z.int().min(1).default(LIMITS.tasksConcurrentMax) })
    .prefault({}),
  drainMs: z.number().min(0).default(LIMITS.drainMs),
  clock: z.looseObject({ now: fn, setTimeout: fn, clearTimeout: fn }).optional(),
  random: fn.optional(),
  interpreter: z.enum(INTERPRETERS).optional(),
  inspect: z.unknown().optional(),
  onTrouble: fn.optional(),
})

export type Orchestrator<PanelName extends string = string> = AsyncDisposable & {
  readonly projects: Projects
  readonly reviews: RecordedReviews
  /** Agents at work, in projects and outside: calls them, and says how they stand. */
  readonly agents: Agents
  /** `failed`: the store is lost; create another orchestrator once it is mended. */
  readonly status: OrchestratorStatus
  /** Puts an answer before a panel and the review on record; resolves once it is durable. */
  review(panel: PanelName, input: ReviewInput, options?: ReviewOptions): Promise<Review>
  /**
   * Facts as they become durable, in the order of their cursors, to each subscriber at its own pace; completes when the
   * orchestrator stops. Ends with `feed.lagged` when more facts wait than the queue takes, and with what the store says:
   * `cause.after` of the one is the cursor to subscribe again after, so give an `error` handler. What a handler throws
   * is an uncaught error of the host, as always with rxjs; it reaches neither other subscribers nor a project.
   */
  facts(options?: FactsOptions): Observable<Fact>
  /** What nobody asked about and somebody should know, as it happens: see `onTrouble`. */
  readonly troubles: Observable<unknown>
  /** Forgets what a policy says need not be kept, in the whole store. Call it as often as you like. */
  retain(policy: RetentionPolicy): Promise<Retained>
  /** Takes nothing new, waits for running work, and gives the store back. What was not finished goes on next time. */
  stop(): Promise<void>
}

/**
 * Opens the store, recovers what was under way, and goes on with it. Throws `orchestrator.invalid`, `store.owned`,
 * `lifecycle.missing_version` and what the store says of itself.
 */
export async function createOrchestrator<const PanelName extends string = never>(
  options: OrchestratorOptions<PanelName>,
): Promise<Orchestrator<PanelName>> {
  const read = Options.safeParse(options)
  if (!read.success)
    throw new StagecraftError(
      'orchestrator.invalid',
      `The options of the orchestrator are not valid: ${problemsOf(read.error)}.`,
    )
  const lifecycles = new Lifecycles(options.lifecycles ?? [], options.interpreter)
  const units = new LifecycleUnits()
  await units.check(options.lifecycles ?? [])
  refuseUnknownPanels(options)
  useHostHash()
  let running: RunningOrchestrator<PanelName> | undefined
  const store = await options.store.open({ onPost: () => running?.posted() })
  try {
    await lifecycles.refuseMissing(store)
    await lifecycles.refuseChanged(store)
    running = new RunningOrchestrator(store, lifecycles, units, options)
    await running.start()
    return running
  } catch (error) {
    await (running ?? store).close()
    throw error
  }
}

class RunningOrchestrator<PanelName extends string> implements Orchestrator<PanelName> {
  readonly projects: Projects
  readonly reviews: RecordedReviews
  readonly #troubles = new Subject<unknown>()
  readonly #store: OwnedStore
  readonly #engine: Engine
  readonly #feed: Feed
  readonly agents: Agents
  readonly #pool: AgentPool
  readonly #waiters = new Waiters()
  readonly #inbox: Inbox
  readonly #options: OrchestratorOptions<PanelName>
  readonly #actor: ActorRefFrom<ReturnType<typeof wireOrchestrator>>
  #error: unknown

  constructor(
    owned: OwnedStore,
    lifecycles: Lifecycles,
    units: LifecycleUnits,
    options: OrchestratorOptions<PanelName>,
  ) {
    const clock = options.clock ?? wallClock
    const store = untilStopped(owned)
    // Through rxjs, so that a handler that throws cannot break off what has met the trouble.
    if (options.onTrouble) this.#troubles.subscribe(options.onTrouble)
    const onTrouble = (error: unknown) => this.#troubles.next(error)
    const inspect = options.inspect && harmless(options.inspect)
    this.#pool = new AgentPool({
      machine: wireAgent(options.random ?? Math.random, options.interpreter),
      overall: placesFor(options.limits?.tasksConcurrentMax ?? LIMITS.tasksConcurrentMax, clock),
      clock,
      inspect,
    })
    this.agents = agentsOf(this.#pool)
    for (const agent of agentsIn(options)) this.#pool.know(agent)
    const shop = {
      store,
      clock,
      agents: this.#pool,
      lifecycleOf: (record: JournalRecord) => lifecycles.unchanged(record),
      unitsOf: (record: JournalRecord) => units.of(lifecycles.of(record)),
      panelOf: (name: string) => panelOf(options, name),
    }
    this.#options = options
    this.#store = store
    this.#feed = new Feed(store)
    this.#engine = new Engine({
      store,
      clock,
      idleClock: options.clock ?? idleClock,
      machineOf: (record, source) => {
        // A journal that begins has no lifecycle to have changed.
        if (record.kind === 'project' && record.seq > 0) lifecycles.unchanged(record)
        return lifecycles.machineOf(record, source)
      },
      perform: (command, context) => perform(shop, command, context),
      onStep: (record, entries, contents) => {
        this.#feed.publish(entries, contents)
        this.#waiters.tell(record)
      },
      onTrouble,
      onLost: (error) => {
        this.#waiters.stop(error)
        void this.#inbox.stop()
        this.#actor.send({ type: 'LOSE_STORE' })
      },
    })
    this.projects = new Projects({ store, engine: this.#engine, lifecycles, waiters: this.#waiters, newSalt })
    this.reviews = new RecordedReviews({ store, engine: this.#engine, newSalt })
    this.#actor = createActor(
      wireOrchestrator({ recover: () => this.#recover(), drain: () => this.#drain() }, options.interpreter),
      {
        id: 'orchestrator',
        ...(inspect && { inspect }),
      },
    )
    this.#inbox = new Inbox({ store, clock, onTrouble, projects: this.projects, reviews: this.reviews })
  }

  /** Throws what recovery has failed with. */
  async start(): Promise<void> {
    this.#actor.start()
    await waitFor(this.#actor, ({ value }) => value !== 'recovering', { timeout: Infinity })
    if (this.#error !== undefined) throw this.#error
    // What was asked while nobody owned the store holds before anything that is asked now.
    await this.#inbox.wake()
  }

  get status(): OrchestratorStatus {
    return this.#actor.getSnapshot().value
  }

  posted(): void {
    void this.#inbox.wake()
  }

  review(panel: PanelName, input: ReviewInput, options: ReviewOptions = {}): Promise<Review> {
    try {
      return this.reviews.review(panel, panelOf(this.#options, panel), input, options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  facts(options?: FactsOptions): Observable<Fact> {
    return this.#feed.facts(options)
  }

  get troubles(): Observable<unknown> {
    return this.#troubles.asObservable()
  }

  retain(policy: RetentionPolicy): Promise<Retained> {
    return retain(
      { store: this.#store, engine: this.#engine, clock: this.#options.clock ?? wallClock },
      policy,
    )
  }

  async stop(): Promise<void> {
    // Whoever stops twice, e.g. by hand and by `await using`, has stopped.
    if (this.#actor.getSnapshot().status === 'active') this.#actor.send({ type: 'STOP' })
    await waitFor(this.#actor, ({ status }) => status === 'done', { timeout: Infinity })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** Gives the store back at once: what recovery has begun is performed again by the next owner. */
  async close(): Promise<void> {
    await this.#inbox.stop()
    await this.#engine.stop(0)
    await this.#store.close()
  }

  async #recover(): Promise<void> {
    try {
      await this.#feed.start()
      await this.#engine.start()
    } catch (error) {
      this.#error = error
      throw error
    }
  }

  /** In reverse order of start. */
  async #drain(): Promise<void> {
    fault('stop.begun')
    await this.#inbox.stop()
    const drainMs = this.#options.drainMs ?? LIMITS.drainMs
    await Promise.all([this.#engine.stop(drainMs), this.#pool.stop(drainMs)])
    fault('stop.drained')
    this.#waiters.stop()
    await this.#feed.stop()
    await this.#store.close()
    this.#troubles.complete()
    fault('stop.done')
  }
}

const newSalt = () => crypto.randomUUID()

function panelOf({ panels }: OrchestratorOptions, name: string): Panel {
  const panel = Object.entries<Panel>(panels ?? {}).find(([known]) => known === name)?.[1]
  if (panel) return panel
  throw new StagecraftError(
    'panel.unknown',
    `There is no panel "${name}". This orchestrator has: ${Object.keys(panels ?? {}).join(', ') || 'none'}.`,
  )
}

const agentsIn = ({ lifecycles = [] }: OrchestratorOptions) =>
  lifecycles.flatMap(({ phases }) =>
    Object.values(phases).flatMap(({ tasks = [] }) => tasks.map(({ agent }) => agent)),
  )

/** A phase that asks for a panel nobody has would fail in the middle of a project. */
function refuseUnknownPanels(options: OrchestratorOptions): void {
  for (const { plan } of options.lifecycles ?? [])
    for (const { review } of plan.phases) if (review !== null) panelOf(options, review)
}
