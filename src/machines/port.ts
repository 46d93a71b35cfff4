/** Ports: the actors a chart invokes, by name and type alone. The runtime provides what is behind them. */

import {
  fromCallback,
  type ActorLogic,
  type AnyEventObject,
  type EventObject,
  type NonReducibleUnknown,
  type Snapshot,
} from 'xstate'

/** An actor that takes an input and ends with an output. */
export type Task<Input extends NonReducibleUnknown, Output> = ActorLogic<
  Snapshot<Output>,
  AnyEventObject,
  Input
>

/** A port nobody has provided yet. Drawing a chart or generating its paths needs no more; running it is an error. */
export function port<Input extends NonReducibleUnknown, Output>(name: string): Task<Input, Output> {
  return {
    getInitialSnapshot: () => ({ status: 'active', output: undefined, error: undefined }),
    transition: (snapshot) => snapshot,
    start: () => {
      throw notProvided(name)
    },
    getPersistedSnapshot: (snapshot) => snapshot,
  }
}

/** The same for an actor that talks to its parent by events until it is stopped. */
export function channel<Input extends NonReducibleUnknown>(name: string) {
  return fromCallback<EventObject, Input>(() => {
    throw notProvided(name)
  })
}

const notProvided = (name: string) =>
  new Error(`The actor "${name}" is not provided: use machine.provide({ actors: { ${name} } }).`)
