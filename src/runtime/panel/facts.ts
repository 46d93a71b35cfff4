/** The facts of a run, as it happens: derived from the states its charts go through, and only when somebody listens. */

import { Observable } from 'rxjs'
import type { ActorRefLike, AnyActorRef, InspectionEvent, StateValue } from 'xstate'
import { liveStatusOf } from '../../machines/critic.ts'
import type { CriticResult, LiveStatus } from '../../model/critic-result.ts'
import type { StageSummary } from '../../model/review.ts'
import type { Stage } from '../../model/stages.ts'

export type ReviewFact =
  | { readonly type: 'REVIEW_STARTED'; readonly at: number }
  | { readonly type: 'STAGE_STARTED'; readonly at: number; readonly stage: Stage }
  | {
      readonly type: 'STAGE_ENDED'
      readonly at: number
      readonly stage: Stage
      readonly summary: StageSummary
    }
  | {
      readonly type: 'CRITIC_CHANGED'
      readonly at: number
      readonly critic: string
      readonly status: LiveStatus
      readonly attempt: number
    }
  | {
      readonly type: 'CRITIC_ENDED'
      readonly at: number
      readonly critic: string
      readonly result: CriticResult
    }
  | { readonly type: 'REVIEW_ENDED'; readonly at: number }

type ChartSnapshot = {
  readonly machine?: { readonly id: string }
  readonly status: string
  readonly value: StateValue
  readonly context: Record<string, unknown>
  readonly output: unknown
}

/** Facts of the actor's whole system, from the moment of subscription; completes when the review ends or is stopped. */
export function factsOf(actor: AnyActorRef, now: () => number): Observable<ReviewFact> {
  return new Observable((subscriber) => {
    const last = new Map<ActorRefLike, string>()
    const inspection = actor.system.inspect({
      next: (event: InspectionEvent) => {
        const isBeginning = event.type === '@xstate.event' && event.event.type === 'xstate.init'
        const fact =
          isBeginning && event.actorRef === actor
            ? ({ type: 'REVIEW_STARTED', at: now() } as const)
            : factOf(event, last, now)
        if (fact) subscriber.next(fact)
      },
    })
    const done = actor.subscribe({ complete: () => queueMicrotask(() => subscriber.complete()) })
    return () => {
      inspection.unsubscribe()
      done.unsubscribe()
    }
  })
}

function factOf(
  event: InspectionEvent,
  last: Map<ActorRefLike, string>,
  now: () => number,
): ReviewFact | undefined {
  if (event.type !== '@xstate.snapshot' && event.type !== '@xstate.microstep') return undefined
  // Only charts have a machine; the snapshots of other actors are of no interest here.
  const snapshot = event.snapshot as unknown as ChartSnapshot
  const kind = snapshot.machine?.id
  if (!kind) return undefined
  const seen =
    kind === 'critic' ? criticSeen(snapshot) : `${snapshot.status} ${JSON.stringify(snapshot.value)}`
  if (last.get(event.actorRef) === seen) return undefined
  last.set(event.actorRef, seen)
  const at = now()
  if (kind === 'critic') return criticFact(snapshot, at)
  if (kind === 'stage') return stageFact(snapshot, at)
  return kind === 'review' && snapshot.status === 'done' ? { type: 'REVIEW_ENDED', at } : undefined
}

/** What a fact would say of a critic: states that share a word are one status. */
function criticSeen({ status, value, context }: ChartSnapshot): string {
  return status === 'active' ? `${liveStatusOf(value)} ${String(context['attempts'])}` : status
}

function criticFact({ status, value, context, output }: ChartSnapshot, at: number): ReviewFact | undefined {
  const { plan, attempts } = context as { plan: { name: string }; attempts: number }
  if (status === 'done')
    return { type: 'CRITIC_ENDED', at, critic: plan.name, result: output as CriticResult }
  const live = liveStatusOf(value)
  return live && { type: 'CRITIC_CHANGED', at, critic: plan.name, status: live, attempt: attempts }
}

function stageFact({ status, value, context, output }: ChartSnapshot, at: number): ReviewFact | undefined {
  const { stage } = (context as { stage: { stage: Stage } }).stage
  if (status === 'done')
    return { type: 'STAGE_ENDED', at, stage, summary: (output as { summary: StageSummary }).summary }
  return value === 'running' ? { type: 'STAGE_STARTED', at, stage } : undefined
}
