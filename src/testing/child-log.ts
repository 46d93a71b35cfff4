/** The child log: inert stand-ins for the named actors of a machine, and a record of what was asked of them. */

import { fromCallback, type AnyActorLogic, type AnyEventObject, type AnyStateMachine } from 'xstate'

/** One child, from its start to its stop. */
export type ChildRecord = {
  readonly id: string
  /** The name of the actor in the machine. */
  readonly src: string
  readonly input: unknown
  readonly status: 'running' | 'stopped'
  /** The events its parent sent it, oldest first. */
  readonly received: readonly AnyEventObject[]
}

type OpenRecord = { -readonly [K in keyof ChildRecord]: ChildRecord[K] } & { received: AnyEventObject[] }

export type ChildLog = {
  /** One inert actor for every named actor of the machine. It starts, listens, and never finishes. */
  readonly actors: Readonly<Record<string, AnyActorLogic>>
  /** In order of start. */
  readonly children: readonly ChildRecord[]
}

/** Makes stand-ins that write into one log. */
export function childLogOf(machine: AnyStateMachine): ChildLog {
  const children: OpenRecord[] = []
  const names = Object.keys(machine.implementations.actors)
  return { actors: Object.fromEntries(names.map((src) => [src, inertActor(src, children)])), children }
}

function inertActor(src: string, children: OpenRecord[]): AnyActorLogic {
  return fromCallback<AnyEventObject, unknown>(({ self, input, receive }) => {
    const record: OpenRecord = { id: self.id, src, input, status: 'running', received: [] }
    children.push(record)
    receive((event) => {
      record.received.push(event)
    })
    return () => {
      record.status = 'stopped'
    }
  })
}
