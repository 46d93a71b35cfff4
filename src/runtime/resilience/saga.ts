/** A saga: steps that belong together, and what undoes them when not all of them succeed. Lives in this process. */

import type { z } from 'zod'
import type { InspectionEvent } from 'xstate'
import { createActor } from '../../compile/create-actor.ts'
import { systemClock } from '../../actors/system-clock.ts'
import { task } from '../../actors/task.ts'
import {
  sagaRunMachine,
  type SagaRunEnd,
  type StepEnd,
  type StepIndex,
  type UndoEnd,
} from '../../machines/saga-run.ts'
import type { Clock } from '../../model/clock.ts'
import { SagaSettings } from '../../model/resilience/saga-settings.ts'
import { readSettings } from '../../model/resilience/settings.ts'
import type { CallOptions } from './call-options.ts'

/** What the steps before have returned, by name. */
export type SagaOutputs = Readonly<Record<string, unknown>>

export type SagaStep<Input> = {
  /** Unique in the saga. */
  readonly name: string
  /** Should honour the signal; it aborts when the saga is cancelled. */
  readonly run: (input: Input, context: { signal: AbortSignal; outputs: SagaOutputs }) => unknown
  /**
   * Undoes what `run` did, also when it failed and did perhaps only half of it: there is an output only when it
   * succeeded. No signal: nobody can cancel it. Give it a time limit of its own.
   */
  readonly compensate?: (input: Input, context: { output: unknown; outputs: SagaOutputs }) => unknown
  /** True: once it is done, neither it nor what was before it can be undone. */
  readonly irreversible?: boolean
}

/** What is about to happen. */
export type SagaIntent = {
  readonly saga: string
  readonly step: string
  readonly action: 'run' | 'compensate'
}

export type SagaOptions<Input> = {
  /** Names it in intents and in the inspector; default "saga". */
  readonly name?: string
  readonly steps: readonly SagaStep<Input>[]
  /** Waited for before every step and every compensation; when it rejects, that one is not begun and has failed. */
  readonly onIntent?: (intent: SagaIntent) => unknown
  /** How long a cancelled saga waits for a step that goes on working before it undoes it; default 5,000. */
  readonly lingerMs?: number
  readonly clock?: Clock
  /** Hears the chart of each run, as XState's inspection events. */
  readonly inspect?: (event: InspectionEvent) => void
}

export type SagaFailure = { readonly step: string; readonly error: unknown }

export type SagaResult = {
  /** IRREVERSIBLE: something could not be undone because a step that has no way back was done. */
  readonly end: SagaRunEnd
  readonly outputs: SagaOutputs
  /** Steps that were undone, and those that could not be, in that order. */
  readonly undone: readonly string[]
  readonly notUndone: readonly SagaFailure[]
  /** Why it turned back: the step that failed, or was under way when the signal aborted. */
  readonly cause: SagaFailure | undefined
}

export type Saga<Input> = {
  /** Never rejects: every end is a result. */
  run(input: Input, options?: CallOptions): Promise<SagaResult>
}

/** A saga to be run any number of times. Throws `resilience.invalid`. */
export function createSaga<Input>(options: SagaOptions<Input>): Saga<Input> {
  // Its functions are those of the options, and take what these say.
  const settings = readSettings(SagaSettings, 'createSaga', options) as unknown as Settings<Input>
  return { run: (input, { signal } = {}) => new SagaRun(settings, input, signal).toEnd() }
}

type Settings<Input> = Omit<z.output<typeof SagaSettings>, 'steps' | 'onIntent'> &
  Pick<SagaOptions<Input>, 'onIntent'> & {
    readonly steps: readonly (SagaStep<Input> & { readonly irreversible: boolean })[]
  }

/** A signal nobody aborts, for a run that nobody cancels. */
const neverAborted = () => new AbortController().signal

class SagaRun<Input> {
  readonly #settings: Settings<Input>
  readonly #input: Input
  readonly #signal: AbortSignal
  readonly #outputs = new Map<string, unknown>()
  readonly #notUndone: SagaFailure[] = []
  #cause: SagaFailure | undefined

  constructor(settings: Settings<Input>, input: Input, signal: AbortSignal | undefined) {
    this.#settings = settings
    this.#input = input
    this.#signal = signal ?? neverAborted()
  }

  toEnd(): Promise<SagaResult> {
    const { name, steps, lingerMs, clock = systemClock, inspect } = this.#settings
    const machine = sagaRunMachine.provide({
      actors: {
        step: task<StepIndex, StepEnd>(({ step }) => this.#do(this.#step(step))),
        compensate: task<StepIndex, UndoEnd>(({ step }) => this.#undo(this.#step(step))),
      },
    })
    const plans = steps.map(({ compensate, irreversible }) => ({
      undoable: compensate !== undefined,
      irreversible,
    }))
    const input = { steps: plans, lingerMs }
    const actor = createActor(machine, { id: name, clock, input, ...(inspect && { inspect }) })
    return new Promise((resolve) => {
      const cancel = () => {
        const snapshot = actor.getSnapshot()
        if (!snapshot.matches('doing')) return
        this.#cause = { step: this.#step(snapshot.context.step).name, error: this.#signal.reason }
        actor.send({ type: 'CANCEL' })
      }
      this.#signal.addEventListener('abort', cancel, { once: true })
      actor.subscribe({
        complete: () => {
          this.#signal.removeEventListener('abort', cancel)
          const { value, context } = actor.getSnapshot()
          // It is complete, so the state is one of its ends.
          resolve(this.#result(value as SagaRunEnd, context.undone))
        },
      })
      actor.start()
      if (this.#signal.aborted) cancel()
    })
  }

  #step(index: number): SagaStep<Input> {
    // The chart was made of these steps.
    return this.#settings.steps[index] as SagaStep<Input>
  }

  async #do(step: SagaStep<Input>): Promise<StepEnd> {
    let begun = false
    try {
      this.#signal.throwIfAborted()
      await this.#intend(step, 'run')
      this.#signal.throwIfAborted()
      begun = true
      const output = await step.run(this.#input, {
        signal: this.#signal,
        outputs: Object.fromEntries(this.#outputs),
      })
      this.#outputs.set(step.name, output)
      return { succeeded: true, begun }
    } catch (error) {
      this.#cause ??= { step: step.name, error }
      return { succeeded: false, begun }
    }
  }

  async #undo(step: SagaStep<Input>): Promise<UndoEnd> {
    try {
      await this.#intend(step, 'compensate')
      await step.compensate?.(this.#input, {
        output: this.#outputs.get(step.name),
        outputs: Object.fromEntries(this.#outputs),
      })
      return { undone: true }
    } catch (error) {
      this.#notUndone.push({ step: step.name, error })
      return { undone: false }
    }
  }

  async #intend({ name: step }: SagaStep<Input>, action: SagaIntent['action']): Promise<void> {
    await this.#settings.onIntent?.({ saga: this.#settings.name, step, action })
  }

  #result(end: SagaRunEnd, undone: readonly number[]): SagaResult {
    return {
      end,
      outputs: Object.fromEntries(this.#outputs),
      undone: undone.map((index) => this.#step(index).name),
      notUndone: this.#notUndone,
      cause: this.#cause,
    }
  }
}
