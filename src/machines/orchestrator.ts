/** An orchestrator from its start to its end: it recovers, runs, drains, and stops; a store that is lost ends it early. */

import { setup } from 'xstate'
import { port } from './port.ts'

export type OrchestratorEvent =
  | { readonly type: 'STOP' }
  /** Nothing can be made durable any more. */
  | { readonly type: 'LOSE_STORE' }

export type OrchestratorStatus = 'recovering' | 'running' | 'draining' | 'failed' | 'stopped'

export const orchestratorMachine = setup({
  types: {
    events: {} as OrchestratorEvent,
  },
  actors: {
    /** Performs again what was open, and arms the timers. */
    recover: port<undefined, void>('recover'),
    /** Waits for running work, and gives the store back. */
    drain: port<undefined, void>('drain'),
  },
}).createMachine({
  id: 'orchestrator',
  initial: 'recovering',
  states: {
    recovering: {
      invoke: { src: 'recover', id: 'recover', onDone: 'running', onError: 'failed' },
      on: { STOP: 'draining', LOSE_STORE: 'failed' },
    },
    running: { on: { STOP: 'draining', LOSE_STORE: 'failed' } },
    failed: { on: { STOP: 'draining' } },
    draining: { invoke: { src: 'drain', id: 'drain', onDone: 'stopped', onError: 'stopped' } },
    stopped: { type: 'final' },
  },
})
