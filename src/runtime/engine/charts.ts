/** The charts of one journal: a chart, the charts it has started, and theirs, stepped together until all are at rest. */

import type { AnyStateMachine, EventObject } from 'xstate'
import type { CheckpointParams } from '../../machines/project.ts'
import type { Json } from '../../model/canonical.ts'
import type { Cause, Saying } from '../../model/fact.ts'
import { decide, decideFirst, type ChartCommand, type Decision } from './decide.ts'
import type { Command } from '../store/store.ts'

/** Where the outermost chart of a journal is; a child's address is its parent's, a slash and its id. */
export const ROOT = 'root'

/** Plain data: what a journal's record holds. */
export type Charts = {
  readonly charts: { readonly [address: string]: { readonly source: string; readonly snapshot: Json } }
  /** Keys of open commands, by address and id: an outcome without the right key is stale. */
  readonly open: { readonly [slot: string]: string }
}

export type Stepping = {
  readonly journal: string
  /** The first entry of the step: with it, keys are unique and the same in every process. */
  readonly seq: number
  /** When the event happened, milliseconds since 1970. */
  readonly at: number
  /** The chart behind a source; undefined when it is work. */
  readonly machineOf: (source: string) => AnyStateMachine | undefined
}

export type Stepped = {
  readonly charts: Charts
  readonly sayings: readonly Saying[]
  readonly checkpoints: readonly CheckpointParams[]
  readonly opens: readonly Command[]
  readonly closes: readonly string[]
  /** State of the outermost chart, and whether it has come to an end. */
  readonly state: string
  readonly ended: boolean
}

export const slotOf = (address: string, id: string): string => `${address} ${id}`

export const NO_CHARTS: Charts = { charts: {}, open: {} }

/** The event that starts the outermost chart. */
export type Beginning = { readonly type: 'xstate.init'; readonly source: string; readonly input: Json }

/** Gives an event to one of the charts. An address that is not there any more takes no notice. */
export function stepCharts(charts: Charts, { to, event, settles }: Cause, stepping: Stepping): Stepped {
  const step = new Step(charts, stepping)
  if (settles !== null) step.close(to, settles)
  // Whoever made the cause made it of an event, or of a beginning.
  if (isBeginning(event)) step.start(to, event.source, event.input)
  else step.deliver(to, event as unknown as EventObject)
  return step.finish()
}

const isBeginning = (event: Json): event is Beginning => (event as Beginning).type === 'xstate.init'

class Step {
  readonly #stepping: Stepping
  readonly #charts: Map<string, { readonly source: string; readonly snapshot: Json }>
  readonly #open: Map<string, string>
  readonly #sayings: Saying[] = []
  readonly #checkpoints: CheckpointParams[] = []
  readonly #opens = new Map<string, Command>()
  readonly #closes: string[] = []
  /** Events between charts: each is delivered when the chart before it has come to rest. */
  readonly #waiting: { readonly to: string; readonly event: EventObject }[] = []
  #opened = 0
  #root: Decision | undefined

  constructor(charts: Charts, stepping: Stepping) {
    this.#stepping = stepping
    this.#charts = new Map(Object.entries(charts.charts))
    this.#open = new Map(Object.entries(charts.open))
  }

  start(address: string, source: string, input: Json): void {
    const machine = this.#machine(source)
    this.#take(address, source, decideFirst(machine, input))
  }

  deliver(to: string, event: EventObject): void {
    this.#waiting.push({ to, event })
  }

  #deliverNow(address: string, event: EventObject): void {
    const chart = this.#charts.get(address)
    if (!chart) return
    const timed = { ...event, at: this.#stepping.at }
    this.#take(address, chart.source, decide(this.#machine(chart.source), chart.snapshot, timed))
  }

  finish(): Stepped {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift())
      this.#deliverNow(next.to, next.event)
    const { state, ended } = this.#root ?? this.#rest()
    return {
      charts: { charts: Object.fromEntries(this.#charts), open: Object.fromEntries(this.#open) },
      sayings: this.#sayings,
      checkpoints: this.#checkpoints,
      opens: [...this.#opens.values()],
      closes: this.#closes,
      state,
      ended,
    }
  }

  /** Where the outermost chart stands when the step left it alone. */
  #rest(): { readonly state: string; readonly ended: boolean } {
    // Every journal has an outermost chart from its first step on.
    const { source, snapshot } = this.#charts.get(ROOT) as Charts['charts'][string]
    const { value } = snapshot as { value: string }
    return { state: value, ended: this.#machine(source).states[value]?.tags.includes('ended') ?? false }
  }

  #take(address: string, source: string, decision: Decision): void {
    if (address === ROOT) this.#root = decision
    this.#charts.set(address, { source, snapshot: decision.snapshot })
    this.#sayings.push(...decision.sayings)
    this.#checkpoints.push(...decision.checkpoints)
    for (const command of decision.commands) this.#perform(address, command)
    if (!decision.done || address === ROOT) return
    const cut = address.lastIndexOf('/')
    const id = address.slice(cut + 1)
    this.#remove(address)
    this.deliver(address.slice(0, cut), {
      type: `xstate.done.actor.${id}`,
      output: decision.output,
      actorId: id,
    } as EventObject)
  }

  #perform(address: string, command: ChartCommand): void {
    switch (command.kind) {
      case 'start':
        if (this.#stepping.machineOf(command.source))
          return this.start(`${address}/${command.id}`, command.source, command.input)
        return this.#openCommand(address, command.id, {
          kind: 'work',
          source: command.source,
          input: command.input,
        })
      case 'stop':
        this.#remove(`${address}/${command.id}`)
        return this.close(address, command.id)
      case 'arm':
        return this.#openCommand(address, command.id, {
          kind: 'timer',
          dueAt: this.#stepping.at + command.delayMs,
          event: command.event as unknown as Json,
        })
      case 'disarm':
        return this.close(address, command.id)
      case 'send':
        return this.deliver(`${address}/${command.to}`, command.event)
    }
  }

  #openCommand(
    address: string,
    id: string,
    what:
      | Pick<Extract<Command, { kind: 'work' }>, 'kind' | 'source' | 'input'>
      | Pick<Extract<Command, { kind: 'timer' }>, 'kind' | 'dueAt' | 'event'>,
  ): void {
    const { journal, seq } = this.#stepping
    this.close(address, id)
    const key = `${journal}.${seq}.${(this.#opened += 1)}`
    this.#open.set(slotOf(address, id), key)
    this.#opens.set(key, { journal, key, address, id, ...what })
  }

  close(address: string, id: string): void {
    const slot = slotOf(address, id)
    const key = this.#open.get(slot)
    if (key === undefined) return
    this.#open.delete(slot)
    // What is opened and closed in one step was never there.
    if (!this.#opens.delete(key)) this.#closes.push(key)
  }

  /** A chart goes, with all it has started. */
  #remove(address: string): void {
    const isWithin = (other: string) => other === address || other.startsWith(`${address}/`)
    for (const other of this.#charts.keys()) if (isWithin(other)) this.#charts.delete(other)
    for (const slot of this.#open.keys()) {
      const [place = '', id = ''] = slot.split(' ')
      if (isWithin(place)) this.close(place, id)
    }
  }

  #machine(source: string): AnyStateMachine {
    return this.#stepping.machineOf(source) as AnyStateMachine
  }
}
