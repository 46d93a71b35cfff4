/** Sample machines: small ones with every trait that our own have. */

import {
  assign,
  fromPromise,
  setup,
  spawnChild,
  stopChild,
  type DoneActorEvent,
  type ErrorActorEvent,
} from 'xstate'

export type WorkerInput = { retriesMax: number }
type Answer = { good: boolean }
export type WorkerEvent = { type: 'START' } | { type: 'CANCEL' } | DoneActorEvent<Answer> | ErrorActorEvent

/** Works with a time limit, tries again after a pause, and always ends with an output. */
export const workerMachine = setup({
  types: {} as {
    input: WorkerInput
    context: { retriesMax: number; retries: number }
    events: WorkerEvent
    output: { end: string; retries: number }
  },
  actors: { work: fromPromise<Answer, { attempt: number }>(() => new Promise<Answer>(() => {})) },
  guards: {
    isGood: ({ event }) => (event as DoneActorEvent<Answer>).output.good,
    mayRetry: ({ context }) => context.retries < context.retriesMax,
  },
  actions: { countRetry: assign({ retries: ({ context }) => context.retries + 1 }) },
  delays: { timeout: 1_000, pause: ({ context }) => 100 * context.retries },
}).createMachine({
  id: 'worker',
  context: ({ input }) => ({ retriesMax: input.retriesMax, retries: 0 }),
  initial: 'pending',
  on: { CANCEL: '.cancelled' },
  output: ({ event }) => event.output as { end: string; retries: number },
  states: {
    pending: { on: { START: 'working' } },
    working: {
      invoke: {
        id: 'work',
        src: 'work',
        input: ({ context }) => ({ attempt: context.retries + 1 }),
        onDone: [{ guard: 'isGood', target: 'success' }, { target: 'invalid' }],
        onError: [{ guard: 'mayRetry', target: 'retrying' }, { target: 'error' }],
      },
      after: { timeout: 'timeout' },
    },
    retrying: { entry: 'countRetry', after: { pause: 'working' } },
    success: { type: 'final', output: ({ context }) => ({ end: 'success', retries: context.retries }) },
    invalid: { type: 'final', output: ({ context }) => ({ end: 'invalid', retries: context.retries }) },
    error: { type: 'final', output: ({ context }) => ({ end: 'error', retries: context.retries }) },
    timeout: { type: 'final', output: ({ context }) => ({ end: 'timeout', retries: context.retries }) },
    cancelled: { type: 'final', output: ({ context }) => ({ end: 'cancelled', retries: context.retries }) },
  },
})

type CrewEvent = { type: 'CUT' } | DoneActorEvent<{ end: string; retries: number }> | ErrorActorEvent

/** Spawns two workers by name, hears them by wildcard, and is done when both are. */
export const crewMachine = setup({
  types: {} as { context: { open: string[]; ends: Record<string, string> }; events: CrewEvent },
  actors: { worker: workerMachine },
  guards: { isLast: ({ context }) => context.open.length === 1 },
  actions: {
    spawnFirst: spawnChild('worker', { id: 'first', input: { retriesMax: 0 } }),
    spawnSecond: spawnChild('worker', { id: 'second', input: { retriesMax: 1 } }),
    forget: stopChild(({ event }) => (event as DoneActorEvent).actorId),
    record: assign(({ context, event }) => {
      const { actorId, output } = event as DoneActorEvent<{ end: string } | undefined>
      return {
        open: context.open.filter((id) => id !== actorId),
        ends: { ...context.ends, [actorId]: output?.end ?? 'crashed' },
      }
    }),
  },
}).createMachine({
  id: 'crew',
  context: { open: ['first', 'second'], ends: {} },
  initial: 'running',
  entry: ['spawnFirst', 'spawnSecond'],
  states: {
    running: {
      on: {
        'xstate.done.actor.*': [
          { guard: 'isLast', target: 'done', actions: ['record', 'forget'] },
          { actions: ['record', 'forget'] },
        ],
        'xstate.error.actor.*': [
          { guard: 'isLast', target: 'done', actions: ['record', 'forget'] },
          { actions: ['record', 'forget'] },
        ],
        CUT: 'done',
      },
    },
    done: { type: 'final' },
  },
})

/** Leaves its initial state at once, counts to three by itself, and may be asked to start over. */
export const counterMachine = setup({
  types: {} as { context: { count: number; armed: boolean }; events: { type: 'AGAIN' } | { type: 'END' } },
  guards: { isHigh: ({ context }) => context.count >= 3 },
  actions: {
    count: assign({ count: ({ context }) => context.count + 1 }),
    reset: assign({ count: 0 }),
  },
}).createMachine({
  id: 'counter',
  context: { count: 0, armed: true },
  initial: 'entry',
  options: { maxIterations: 100 },
  states: {
    entry: { always: 'counting' },
    counting: { always: [{ guard: 'isHigh', target: 'high' }, { actions: 'count' }] },
    high: { on: { AGAIN: { target: 'counting', actions: 'reset' }, END: 'ended' } },
    ended: { type: 'final' },
  },
})

/** Never stops growing: what a limit is for. */
export const growingMachine = setup({
  types: {} as { context: { count: number }; events: { type: 'MORE' } },
  actions: { more: assign({ count: ({ context }) => context.count + 1 }) },
}).createMachine({
  id: 'growing',
  context: { count: 0 },
  initial: 'on',
  states: { on: { on: { MORE: { actions: 'more' } } } },
})
