/** A bound on how long work may take. */

import type { InspectionEvent } from 'xstate'
import { createActor } from '../../compile/create-actor.ts'
import { z } from 'zod'
import { systemClock } from '../../actors/system-clock.ts'
import { deadlineMachine } from '../../machines/deadline.ts'
import type { Clock } from '../../model/clock.ts'
import { StagecraftError } from '../../model/errors.ts'
import { clock, inspect, ms, name, readSettings } from '../../model/resilience/settings.ts'
import { stepped } from '../interpreter.ts'
import type { CallOptions, Work } from './call-options.ts'

export type TimeoutOptions = CallOptions & {
  /** Whose time it is, for the code of the error: `timeout.<scope>`; default "call". */
  readonly scope?: string
  readonly clock?: Clock
  /** Hears the chart, as XState's inspection events. */
  readonly inspect?: (event: InspectionEvent) => void
}

const Settings = z.strictObject({
  ms,
  scope: name.default('call'),
  signal: z.instanceof(AbortSignal).optional(),
  clock,
  inspect,
})

/**
 * Settles like the work, or rejects with `timeout.<scope>` after `ms`; the work's signal aborts with the same error, and
 * work that ignores it is not waited for. Inside another one, hand over its signal: whichever time runs out first ends
 * both, with the error of the one whose time it was. Throws `resilience.invalid` for options that are not valid.
 */
export async function withTimeout<T>(
  delayMs: number,
  work: Work<T>,
  options: TimeoutOptions = {},
): Promise<T> {
  const settings = readSettings(Settings, 'withTimeout', { ...options, ms: delayMs })
  return holdTo(settings, work)
}

/** The same, of settings that were read before. */
export function holdTo<T>(settings: z.output<typeof Settings>, work: Work<T>): Promise<T> {
  const { signal: outer, scope, clock: time = systemClock, inspect: hear } = settings
  const own = new AbortController()
  const deadline = createActor(stepped(deadlineMachine), {
    id: scope,
    clock: time,
    input: { ms: settings.ms },
    ...(hear && { inspect: hear }),
  })
  return new Promise((resolve, reject) => {
    outer?.throwIfAborted()
    const cut = () => deadline.send({ type: 'CANCEL' })
    const isOver = () => deadline.getSnapshot().status !== 'active'
    deadline.subscribe(({ value }) => {
      if (value === 'running') return
      outer?.removeEventListener('abort', cut)
      if (value === 'done') return
      const reason: unknown = value === 'timed_out' ? timeUp(settings) : outer?.reason
      reject(reason)
      own.abort(reason)
    })
    outer?.addEventListener('abort', cut, { once: true })
    deadline.start()
    const settle = (end: () => void) => {
      if (isOver()) return
      end()
      deadline.send({ type: 'DONE' })
    }
    const fail = (error: unknown) => settle(() => reject(error))
    try {
      Promise.resolve(work(own.signal)).then((value) => settle(() => resolve(value)), fail)
    } catch (error) {
      fail(error)
    }
  })
}

const timeUp = ({ scope, ms: limitMs }: z.output<typeof Settings>) =>
  new StagecraftError(
    `timeout.${scope}`,
    `The time of "${scope}" ran out after ${limitMs} ms. Give it more time, or find out what it waits for.`,
  )
