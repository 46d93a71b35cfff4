import { describe, expect, it } from 'vitest'
import { createBulkhead, type Bulkhead, type Place } from 'stagecraft/resilience'
import { seededRandom, steppingClock } from 'stagecraft/testing'
import { outcomeOf } from './outcome.ts'

const SEEDS = 40
const STEPS = 300

/** A bulkhead of the reference: its size, and who is inside. */
type Room = { readonly max: number; readonly queueMax: number; readonly inside: Set<number> }
type Asked = {
  readonly id: number
  readonly needs: readonly Room[]
  readonly dueAt: number
  /** Undefined while it waits or is inside. */
  end?: string
}

/** The same promises, kept with one list and no cleverness at all. */
class NaiveBulkheads {
  waiting: Asked[] = []

  ask(asked: Asked): void {
    const [entrance] = asked.needs
    const isFull =
      entrance !== undefined &&
      this.waiting.filter(({ needs: [room] }) => room === entrance).length >= entrance.queueMax
    if (canEnter(asked)) enter(asked)
    else if (isFull) asked.end = 'bulkhead.full'
    else this.waiting.push(asked)
  }

  leave({ id, needs }: Asked): void {
    for (const room of needs) room.inside.delete(id)
    for (const waiting of this.waiting)
      if (canEnter(waiting)) {
        this.#forget(waiting)
        enter(waiting)
      }
  }

  abort(asked: Asked): void {
    if (this.#forget(asked)) asked.end = 'off'
  }

  timeIs(now: number): void {
    for (const asked of this.waiting.filter(({ dueAt }) => dueAt <= now)) {
      this.#forget(asked)
      asked.end = 'bulkhead.timeout'
    }
  }

  #forget(asked: Asked): boolean {
    const was = this.waiting.length
    this.waiting = this.waiting.filter((other) => other !== asked)
    return this.waiting.length < was
  }
}

const canEnter = ({ needs }: Asked) => needs.every(({ inside, max }) => inside.size < max)
const enter = ({ id, needs }: Asked) => {
  for (const { inside } of needs) inside.add(id)
}

async function live(seed: number): Promise<Record<string, number>> {
  const random = seededRandom(seed)
  const clock = steppingClock()
  const naive = new NaiveBulkheads()
  const make = (within?: { real: Bulkhead; rooms: readonly Room[] }) => {
    const [concurrentMax, queueMax] = [random.between(1, 4), random.pick([0, 1, 5, 20])]
    const real = createBulkhead({ concurrentMax, queueMax, clock, ...(within && { within: within.real }) })
    const own: Room = { max: concurrentMax, queueMax, inside: new Set() }
    return { real, rooms: [own, ...(within?.rooms ?? [])] }
  }
  const outer = make()
  const extra = make()
  const all = [outer, extra, make(outer), make(outer), make(outer)]
  const calls: { asked: Asked; controller: AbortController; place?: Place; outcome?: string }[] = []
  const check = () => {
    for (const { real, rooms } of all) {
      const waiting = naive.waiting.filter(({ needs: [room] }) => room === rooms[0]).length
      expect(real.stats).toMatchObject({ running: rooms[0]?.inside.size, waiting })
      expect(real.stats.peak).toBeLessThanOrEqual(real.concurrentMax)
    }
  }
  for (let step = 0; step < STEPS; step += 1) {
    const dice = random.next()
    const open = calls.filter(({ place, outcome }) => place && outcome === undefined)
    if (dice < 0.55) {
      const entrance = random.pick(all)
      const within = random.chance(0.3) ? extra : undefined
      const queueMs = random.pick([10, 100, Infinity])
      const needs = [...new Set([...entrance.rooms, ...(within?.rooms ?? [])])]
      const asked: Asked = { id: calls.length, needs, dueAt: clock.now() + queueMs }
      const call: (typeof calls)[number] = { asked, controller: new AbortController() }
      calls.push(call)
      const { signal } = call.controller
      const real = entrance.real.enter({ queueMs, signal, ...(within && { within: within.real }) })
      void outcomeOf(real.then((place) => (call.place = place))).then((outcome) => {
        if (!call.place) call.outcome = outcome
      })
      naive.ask(asked)
    } else if (dice < 0.8 && open.length > 0) {
      const left = random.pick(open)
      left.outcome = 'left'
      left.asked.end = 'left'
      left.place?.leave()
      if (random.chance(0.2)) left.place?.leave()
      naive.leave(left.asked)
    } else if (dice < 0.9 && calls.length > 0) {
      const aborted = random.pick(calls)
      aborted.controller.abort(new Error('off'))
      naive.abort(aborted.asked)
    } else {
      clock.advance(random.between(0, 20))
      naive.timeIs(clock.now())
    }
    // What is granted is told in a few turns of the microtask queue.
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve()
    check()
  }
  for (const { asked, place, outcome } of calls) {
    expect([asked.id, outcome]).toEqual([asked.id, asked.end])
    const isInside = asked.needs.every(({ inside }) => inside.has(asked.id))
    expect(place !== undefined).toBe(isInside || asked.end === 'left')
  }
  for (const { controller } of calls) controller.abort(new Error('off'))
  for (const { place } of calls) place?.leave()
  for (const { real } of all) expect(real.stats).toMatchObject({ running: 0, waiting: 0 })
  expect(clock.armed).toEqual([])
  const ends: Record<string, number> = {}
  for (const { asked } of calls) ends[asked.end ?? 'open'] = (ends[asked.end ?? 'open'] ?? 0) + 1
  return ends
}

describe('bulkheads within bulkheads in any order of events', () => {
  it('do what naive ones do that look at everybody each time, and every call has one end', async () => {
    const seen: Record<string, number> = {}
    for (let seed = 1; seed <= SEEDS; seed += 1)
      try {
        for (const [end, count] of Object.entries(await live(seed))) seen[end] = (seen[end] ?? 0) + count
      } catch (error) {
        throw new Error(`seed ${seed}: ${String(error)}`, { cause: error })
      }
    for (const end of ['left', 'off', 'bulkhead.full', 'bulkhead.timeout'])
      expect([end, (seen[end] ?? 0) > 50]).toEqual([end, true])
  })
})
