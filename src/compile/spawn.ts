/** Children of a compiled machine: what is behind a name, and the `spawn` that an assignment is given. */

import type { AnyActorLogic, AnyActorRef, AnyStateMachine } from 'xstate'
import { LeanActor } from './lean-actor.ts'
import type { Draft } from './draft.ts'

/** The name XState gives to logic that stands in the `src` of an invocation itself. */
const INLINE = /^xstate\.invoke\.(\d+)\.(.*)/

/** XState's `resolveReferencedActor`. */
export function referencedActor(machine: AnyStateMachine, src: string): AnyActorLogic | undefined {
  const [, index, node] = src.startsWith('xstate.invoke.') ? (INLINE.exec(src) ?? []) : []
  if (index === undefined || node === undefined)
    return machine.implementations.actors[src] as AnyActorLogic | undefined
  const { invoke } = machine.getStateNodeById(node).config
  // A list of them, or just one.
  return ((Array.isArray(invoke) ? invoke[Number(index)] : invoke) as { readonly src: AnyActorLogic }).src
}

export type Spawn = (src: string | AnyActorLogic, options?: SpawnOptions) => AnyActorRef

type SpawnOptions = {
  readonly id?: string
  readonly systemId?: string
  readonly input?: unknown
  readonly syncSnapshot?: boolean
}

const NO_OPTIONS: SpawnOptions = {}

/** The `spawn` of the assignments on one draft. */
export const spawnOn =
  (draft: Draft): Spawn =>
  (src, options) => {
    // XState takes null as well.
    const child = spawnedBy(draft, src, options ?? NO_OPTIONS)
    draft.adopt(child)
    return child
  }

function spawnedBy(draft: Draft, src: string | AnyActorLogic, options: SpawnOptions): AnyActorRef {
  const { context, event, scope, machine, self } = draft
  const { id, systemId, syncSnapshot, input } = options
  const logic = typeof src === 'string' ? referencedActor(machine, src) : src
  // Only of a name can there be none.
  if (!logic) throw new Error(`Actor logic '${src as string}' not implemented in machine '${machine.id}'`)
  const given: unknown =
    typeof src === 'string' && typeof input === 'function'
      ? input({ context, event, self: scope.self })
      : input
  return new LeanActor(
    logic,
    self.system,
    self,
    src,
    given,
    id,
    systemId,
    syncSnapshot,
  ) as unknown as AnyActorRef
}
