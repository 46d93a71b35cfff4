/** What the logic of a lean actor is given to work with: XState's actor scope, whose functions are made only when they are read. */

import type { AnyActorRef, ActionExecutor, AnyEventObject } from 'xstate'
import type { LeanActor } from './lean-actor.ts'
import { Call } from './deferred.ts'
import type { Draft } from './draft.ts'
import { RUNNING, type LiveActor, type LiveSystem } from './internals.ts'

export class LeanScope {
  readonly actor: LeanActor
  /** What its machine works on. */
  draft: Draft | undefined
  #actionExecutor: ActionExecutor | undefined

  constructor(actor: LeanActor) {
    this.actor = actor
    this.draft = undefined
  }

  get self(): AnyActorRef {
    // It is an actor by its prototype.
    return this.actor as unknown as AnyActorRef
  }

  get id(): string {
    return this.actor.id
  }

  get system(): LiveSystem {
    return this.actor.system
  }

  get sessionId(): string {
    return this.actor.sessionId
  }

  get logger(): (...args: unknown[]) => void {
    return this.actor.logger
  }

  get defer(): (work: () => void) => void {
    return (work) => this.actor.defer(new Call(work))
  }

  get emit(): (event: AnyEventObject) => void {
    return (event) => this.actor.emit(event)
  }

  get stopChild(): (child: LiveActor) => void {
    return (child) => {
      if (child._parent !== (this.actor as unknown))
        throw new Error(`Cannot stop child actor ${child.id} of ${this.id} because it is not a child`)
      child._stop()
    }
  }

  /** XState's interpreter, when it steps a child, puts its own in this place for as long as it works. */
  get actionExecutor(): ActionExecutor {
    this.#actionExecutor ??= executorOf(this.actor)
    return this.#actionExecutor
  }

  set actionExecutor(executor: ActionExecutor) {
    this.#actionExecutor = executor
  }
}

const executorOf =
  (actor: LeanActor): ActionExecutor =>
  (action) => {
    const perform = () => {
      actor.system._sendInspectionEvent({
        type: '@xstate.action',
        actorRef: actor,
        action: { type: action.type, params: action.params },
      })
      action.exec?.(action.info, action.params)
    }
    if (actor._processingStatus === RUNNING) perform()
    else actor.defer(new Call(perform))
  }
