/** openTelemetry: spans and metrics of what an orchestrator does, from its facts alone. */

import { lastValueFrom, toArray } from 'rxjs'
import { StagecraftError } from '../../model/errors.ts'
import type { Fact } from '../../model/fact.ts'
import { LIMITS } from '../../model/limits.ts'
import type { Orchestrator } from '../orchestrator.ts'
import { Episodes, EPISODE_FACTS, type Episode } from './episodes.ts'
import { followFacts } from './follow-facts.ts'
import { Metrics } from './metrics.ts'
import { Spans, type Api } from './spans.ts'

export type OpenTelemetryOptions = {
  /** Cursor; tells what came after it. Default only what happens from now on. */
  readonly after?: number
}

/**
 * Tells OpenTelemetry what happens, through the providers that are registered with `@opentelemetry/api`: a span for
 * each phase run with one for each of its tasks, a span for each wait for approval, counters and histograms. None of
 * them holds what people or agents have said. Spans are made when they have ended, so a phase that a crash has cut is
 * told in full by the process that ends it. Dispose it to listen no more; it ends by itself with the orchestrator.
 * Throws `telemetry.missing_peer`.
 */
export async function openTelemetry(
  orchestrator: Pick<Orchestrator, 'facts'>,
  { after }: OpenTelemetryOptions = {},
): Promise<AsyncDisposable> {
  const listener = new Listener(orchestrator, await loadApi())
  const subscription = followFacts(orchestrator, after).subscribe({
    next: (fact) => listener.take(fact),
    error: (error: unknown) => listener.lose(error),
    complete: () => listener.stop(),
  })
  return {
    [Symbol.asyncDispose]: async () => {
      subscription.unsubscribe()
      await listener.stop()
    },
  }
}

async function loadApi(): Promise<Api> {
  try {
    return await import('@opentelemetry/api')
  } catch (cause) {
    throw new StagecraftError(
      'telemetry.missing_peer',
      'openTelemetry needs @opentelemetry/api, which could not be loaded. Install it: npm install @opentelemetry/api',
      { cause },
    )
  }
}

class Listener {
  readonly #orchestrator: Pick<Orchestrator, 'facts'>
  readonly #api: Api
  readonly #episodes = new Episodes()
  readonly #spans: Spans
  readonly #metrics: Metrics
  #lookups = 0
  #looking = Promise.resolve()

  constructor(orchestrator: Pick<Orchestrator, 'facts'>, api: Api) {
    this.#orchestrator = orchestrator
    this.#api = api
    this.#spans = new Spans(api, api.trace.getTracer('stagecraft'))
    this.#metrics = new Metrics(api.metrics.getMeter('stagecraft'), () => this.#episodes.agentsRunning)
  }

  take(fact: Fact): void {
    this.#harmlessly(() => {
      this.#metrics.count(fact)
      for (const episode of this.#episodes.take(fact)) this.#tell(episode, fact)
    })
  }

  lose(error: unknown): void {
    this.#api.diag.error('stagecraft: telemetry hears no more facts', error)
    void this.stop()
  }

  async stop(): Promise<void> {
    await this.#looking
    this.#metrics.stop()
  }

  #tell(episode: Episode, fact: Fact): void {
    const isLookedUp = !episode.isStartKnown && this.#lookups < LIMITS.telemetryLookupsMax
    if (!isLookedUp) return this.#write(episode)
    this.#lookups += 1
    this.#looking = this.#looking.then(async () => {
      const found = await this.#lookUp(episode, fact)
      this.#lookups -= 1
      this.#harmlessly(() => this.#write(found))
    })
  }

  /** The same episode as the journal tells it from the project's first fact on; as it was heard, if it does not. */
  async #lookUp(episode: Episode, { project, cursor }: Fact): Promise<Episode> {
    try {
      const options = { project, after: 0, until: cursor, types: EPISODE_FACTS }
      const facts = await lastValueFrom(this.#orchestrator.facts(options).pipe(toArray()))
      const episodes = new Episodes()
      const last = facts.map((fact) => episodes.take(fact)).at(-1) ?? []
      return last.find(({ kind }) => kind === episode.kind) ?? episode
    } catch {
      // The orchestrator has stopped meanwhile.
      return episode
    }
  }

  #write(episode: Episode): void {
    this.#spans.write(episode)
    this.#metrics.measure(episode)
  }

  /** What an exporter throws stays with telemetry. */
  #harmlessly(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#api.diag.error('stagecraft: telemetry could not tell of a fact', error)
    }
  }
}
