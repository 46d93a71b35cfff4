import { expect, it } from 'vitest'
import { createMachine, fromPromise, setup } from 'xstate'
import { mermaidOf } from '../../src/cli/mermaid.ts'

it('draws states, starts, ends, guards, delays, invoked actors and immediate transitions', () => {
  const machine = setup({
    actors: { fetch: fromPromise(async () => 1) },
    guards: { isFresh: () => true },
    delays: { patience: 10 },
  }).createMachine({
    id: 'door',
    initial: 'shut',
    on: { BREAK: '.broken' },
    states: {
      shut: { on: { OPEN: [{ guard: 'isFresh', target: 'opening' }, 'broken'], KNOCK: {} } },
      opening: {
        invoke: { src: 'fetch', onDone: 'open', onError: 'broken' },
        after: { patience: 'shut', 500: 'broken' },
      },
      open: {
        initial: 'ajar',
        states: { ajar: { always: 'wide' }, wide: { type: 'final' } },
        onDone: 'shut',
      },
      broken: { type: 'final' },
    },
  })
  expect(mermaidOf(machine)).toBe(`stateDiagram-v2
  state "door" as s_door {
    [*] --> s_door__shut
    state "shut" as s_door__shut
    state "opening / invoke fetch" as s_door__opening
    state "open" as s_door__open {
      [*] --> s_door__open__ajar
      state "ajar" as s_door__open__ajar
      state "wide" as s_door__open__wide
      s_door__open__wide --> [*]
    }
    state "broken" as s_door__broken
    s_door__broken --> [*]
  }
  s_door --> s_door__broken : BREAK
  s_door__shut --> s_door__opening : OPEN [isFresh]
  s_door__shut --> s_door__broken : OPEN
  s_door__shut --> s_door__shut : KNOCK
  s_door__opening --> s_door__open : fetch done
  s_door__opening --> s_door__broken : fetch fails
  s_door__opening --> s_door__broken : after 500 ms
  s_door__opening --> s_door__shut : after patience
  s_door__open --> s_door__shut : done
  s_door__open__ajar --> s_door__open__wide : always
`)
})

it('keeps the regions of a parallel state apart', () => {
  const machine = createMachine({ id: 'both', type: 'parallel', states: { left: {}, right: {} } })
  expect(mermaidOf(machine)).toContain(
    'state "left" as s_both__left\n    --\n    state "right" as s_both__right',
  )
})

it('gives different states different ids, and labels no sign that ends a label', () => {
  const states = { 'a-b': { on: { 'x:y;z#1': 'a b' } }, 'a b': {}, a_b: {} }
  const drawn = mermaidOf(createMachine({ id: 'odd', initial: 'a-b', states }))
  expect(new Set(drawn.match(/as (\S+)/g))).toHaveProperty('size', 4)
  expect(drawn).toContain(' : x y z 1\n')
})
