/** Ports: the actors a chart invokes, by name and type alone. The runtime provides what is behind them. */

import type { ActorLogic, AnyEventObject, NonReducibleUnknown, Snapshot } from 'xstate'

/** An actor that takes an input, and ends with an output or (undefined) talks to its parent until it is stopped. */
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
      throw new Error(`The actor "${name}" is not provided: use machine.provide({ actors: { ${name} } }).`)
    },
    getPersistedSnapshot: (snapshot) => snapshot,
  }
}
