/** What compiling saves: the same charts interpreted and compiled, beside p-queue + cockatiel. */

import { setImmediate as nextTurn } from 'node:timers/promises'
import { createMachine, fromCallback } from 'xstate'
import { compile, createActor } from '../dist/compile/index.js'
import { bareCharts } from './bare-charts.ts'
import {
  allocatedBytes,
  costsOf,
  heapBytes,
  pairedCosts,
  pairedRatios,
  spreadOf,
  type PairedOptions,
  type Spread,
  type Subject,
} from './measure.ts'
import { pQueueCockatiel } from './rivals/p-queue-cockatiel.ts'
import { stagecraft, stagecraftInterpreted } from './rivals/stagecraft.ts'
import type { MakeContestant } from './rivals/contestant.ts'
import { trivial, workload, type Evaluate, type WorkloadOptions } from './workload.ts'

export type VariantRow = {
  readonly what: string
  /** Microseconds a critic: interpreted, compiled, p-queue + cockatiel. */
  readonly interpreted: Spread
  readonly compiled: Spread
  readonly rival: Spread
  /** Compiled / p-queue + cockatiel, and interpreted / compiled. */
  readonly ratio: Spread
  readonly faster: Spread
}

export type Compiled = {
  readonly variants: readonly VariantRow[]
  /** Bytes allocated per critic, in a panel of ten. */
  readonly allocated: readonly { readonly name: string; readonly bytesPerCritic: number }[]
  /** One event on a live machine, in nanoseconds. */
  readonly event: { readonly interpreted: Spread; readonly compiled: Spread; readonly faster: Spread }
  /** Bytes that an idle actor keeps. */
  readonly idle: readonly { readonly name: string; readonly actors: number; readonly bytesPerActor: number }[]
}

export type CompiledOptions = PairedOptions & { readonly idleActors: number }

const MAKERS = { interpreted: stagecraftInterpreted, compiled: stagecraft, rival: pQueueCockatiel } as const

type Case = {
  readonly what: string
  readonly work: WorkloadOptions
}

/** Answers in the next turn of the event loop: nothing is done at once any more. */
const waits: Evaluate = async () => {
  await nextTurn()
  return { severity: 0 }
}

/** Ends only when it is told to. */
const hangs: Evaluate = (_, signal) =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('cut')))
  })

/** Fails each first attempt. */
function failsFirst(): Evaluate {
  let calls = 0
  return async () => {
    calls += 1
    if (calls % 2 === 1) throw new Error('once more')
    return { severity: 0 }
  }
}

const CASES: readonly Case[] = [
  { what: '10 critics', work: { critics: 10, evaluate: trivial } },
  { what: '100 critics', work: { critics: 100, evaluate: trivial } },
  { what: '1,000 critics', work: { critics: 1_000, evaluate: trivial } },
  { what: '10 that wait', work: { critics: 10, evaluate: waits } },
  {
    what: '10 that retry',
    work: { critics: 10, evaluate: trivial, evaluateOfEach: failsFirst, backoffMs: 1 },
  },
  {
    what: '10 that time out',
    work: { critics: 10, evaluate: hangs, timeoutMs: 2, expects: 'anything' },
  },
]

export async function measureCompiled(options: CompiledOptions): Promise<Compiled> {
  const variants: VariantRow[] = []
  for (const { what, work } of CASES) variants.push(await variantRow(what, subjectsOf(work), options))
  variants.push(await variantRow('10 critics, bare charts', bareSubjects(), options))
  return {
    variants,
    allocated: await measureAllocated(),
    event: await measureEvent(options),
    idle: await measureIdle(options.idleActors),
  }
}

function subjectsOf(work: WorkloadOptions): readonly Subject[] {
  return Object.entries(MAKERS).map(([name, make]: [string, MakeContestant]) => {
    const { critics, review } = make(workload(work))
    return { name, units: critics, run: review }
  })
}

function bareSubjects(): readonly Subject[] {
  const { review } = pQueueCockatiel(workload({ critics: 10, evaluate: trivial }))
  return [
    { name: 'interpreted', units: 10, run: bareCharts(10, (machine) => machine) },
    { name: 'compiled', units: 10, run: bareCharts(10, compile) },
    { name: 'rival', units: 10, run: review },
  ]
}

async function variantRow(
  what: string,
  subjects: readonly Subject[],
  options: PairedOptions,
): Promise<VariantRow> {
  const costs = await pairedCosts(subjects, options)
  const spread = (name: string) => spreadOf(costsOf(costs, name))
  return {
    what,
    interpreted: spread('interpreted'),
    compiled: spread('compiled'),
    rival: spread('rival'),
    ratio: spreadOf(pairedRatios(costs, 'compiled', 'rival')),
    faster: spreadOf(pairedRatios(costs, 'interpreted', 'compiled')),
  }
}

async function measureAllocated(): Promise<Compiled['allocated']> {
  const rows: { name: string; bytesPerCritic: number }[] = []
  for (const make of [stagecraft, stagecraftInterpreted, pQueueCockatiel]) {
    const { name, critics, review } = make(workload({ critics: 10, evaluate: trivial }))
    rows.push({ name, bytesPerCritic: (await allocatedBytes(review)) / critics })
  }
  rows.push({
    name: 'bare charts, compiled',
    bytesPerCritic: (await allocatedBytes(bareCharts(10, compile))) / 10,
  })
  return rows
}

/** Two states, and an event that leads from the one to the other. */
const TOGGLE = createMachine({
  initial: 'off',
  states: { off: { on: { TOGGLE: 'on' } }, on: { on: { TOGGLE: 'off' } } },
})
const EVENTS = 1_000

async function measureEvent(options: PairedOptions): Promise<Compiled['event']> {
  const subject = (name: string, machine: typeof TOGGLE): Subject => {
    const actor = createActor(machine).start()
    const run = async () => {
      for (let count = 0; count < EVENTS; count += 1) actor.send({ type: 'TOGGLE' })
    }
    return { name, units: EVENTS / 1_000, run }
  }
  const costs = await pairedCosts(
    [subject('interpreted', TOGGLE), subject('compiled', compile(TOGGLE))],
    options,
  )
  return {
    interpreted: spreadOf(costsOf(costs, 'interpreted')),
    compiled: spreadOf(costsOf(costs, 'compiled')),
    faster: spreadOf(pairedRatios(costs, 'interpreted', 'compiled')),
  }
}

/** Each waits for an event, with a listener invoked. */
const IDLE = createMachine({
  context: { seen: 0 },
  initial: 'waiting',
  states: {
    waiting: { invoke: { src: fromCallback(() => {}) }, on: { GO: 'done' } },
    done: { type: 'final' },
  },
})

async function measureIdle(actors: number): Promise<Compiled['idle']> {
  const machines = { interpreted: IDLE, compiled: compile(IDLE) }
  const rows: { name: string; actors: number; bytesPerActor: number }[] = []
  for (const [name, machine] of Object.entries(machines)) {
    const bytesPerActor = (await idleBytes(machine, actors)) / actors
    rows.push({ name: `${name}, each with an invoked actor`, actors, bytesPerActor })
  }
  return rows
}

/** In a function of its own, so that nothing of it is still held when the next are measured. */
async function idleBytes(machine: typeof IDLE, actors: number): Promise<number> {
  const before = await heapBytes()
  const running = Array.from({ length: actors }, () => createActor(machine).start())
  const bytes = (await heapBytes()) - before
  for (const actor of running) actor.stop()
  return bytes
}
