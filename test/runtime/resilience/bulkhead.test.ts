import { describe, expect, it } from 'vitest'
import type { InspectionEvent } from 'xstate'
import { createBulkhead, type Bulkhead, type BulkheadOptions, type EnterOptions } from 'stagecraft/resilience'
import { steppingClock } from 'stagecraft/testing'
import { codeOf, held, outcomeOf } from './outcome.ts'

function bulkheadAt(options: BulkheadOptions = {}) {
  const clock = steppingClock()
  return { clock, bulkhead: createBulkhead({ clock, ...options }) }
}

/** Asks for a place, and says what came of it. */
function ask(bulkhead: Bulkhead, name: string, told: string[], options?: EnterOptions) {
  const asked = bulkhead.enter(options)
  void outcomeOf(asked.then(() => 'in')).then((outcome) => told.push(`${name}: ${outcome}`))
  return asked
}

describe('a bulkhead', () => {
  it('runs so many at once, lets so many wait, and refuses the others without calling them', async () => {
    const { bulkhead } = bulkheadAt({ concurrentMax: 2, queueMax: 1 })
    const running = [held(), held()]
    const calls = running.map(({ work }) => bulkhead.call(work))
    const waiting = bulkhead.call(() => 'c')
    expect(bulkhead.state).toBe('full')
    expect(await outcomeOf(bulkhead.call(() => 'd'))).toBe('bulkhead.full')
    running[0]?.end('a')
    running[1]?.end('b')
    expect(await Promise.all([...calls, waiting])).toEqual(['a', 'b', 'c'])
    expect([bulkhead.state, bulkhead.stats]).toEqual([
      'free',
      { running: 0, peak: 2, waiting: 0, entered: 3, refused: 1, timedOut: 0, cancelled: 0 },
    ])
  })

  it('gives a place back however the work ends', async () => {
    const { bulkhead } = bulkheadAt({ concurrentMax: 1 })
    const works = [
      () => 'well',
      () => Promise.reject(new Error('later')),
      () => {
        throw new Error('at once')
      },
    ]
    expect(await Promise.all(works.map((work) => outcomeOf(bulkhead.call(work))))).toEqual([
      'well',
      'later',
      'at once',
    ])
    expect(bulkhead.stats.running).toBe(0)
  })

  it('never has a queue below zero, whatever fails or is cancelled', async () => {
    const { bulkhead } = bulkheadAt({ concurrentMax: 1, queueMax: 10 })
    const holder = await bulkhead.enter()
    const controller = new AbortController()
    const { signal } = controller
    const calls = Array.from({ length: 10 }, (_, index) =>
      outcomeOf(bulkhead.call(() => Promise.reject(new Error('boom')), index % 2 ? { signal } : {})),
    )
    controller.abort(new Error('off'))
    expect(bulkhead.stats.waiting).toBe(5)
    holder.leave()
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['boom', 'off']))
    expect(bulkhead.stats).toMatchObject({ running: 0, waiting: 0, entered: 6, cancelled: 5 })
  })

  it('bounds the wait, and not the work', async () => {
    const { bulkhead, clock } = bulkheadAt({ concurrentMax: 1, queueMs: 100 })
    const long = held()
    const running = bulkhead.call(long.work)
    const waiting = outcomeOf(bulkhead.call(() => 'never'))
    const patient = bulkhead.call(() => 'at last', { queueMs: 100_000 })
    await clock.advanceAsync(60_000)
    expect(await waiting).toBe('bulkhead.timeout')
    long.end('done')
    expect([await running, await patient]).toEqual(['done', 'at last'])
    expect(clock.armed).toEqual([])
  })

  it('keeps no timer for who may wait for ever', async () => {
    const { bulkhead, clock } = bulkheadAt({ concurrentMax: 1, queueMs: Infinity })
    const place = await bulkhead.enter()
    const waiting = bulkhead.enter()
    await clock.settle()
    expect([bulkhead.stats.waiting, clock.armed]).toEqual([1, []])
    place.leave()
    ;(await waiting).leave()
    expect(bulkhead.stats.running).toBe(0)
  })

  it('has no place any more for who was given one and cancelled in the same turn', async () => {
    const { bulkhead } = bulkheadAt({ concurrentMax: 1 })
    const place = await bulkhead.enter()
    const controller = new AbortController()
    let called = false
    const waiting = outcomeOf(bulkhead.call(() => (called = true), { signal: controller.signal }))
    place.leave()
    controller.abort(new Error('off'))
    expect([await waiting, called, bulkhead.stats.running]).toEqual(['off', false, 0])
  })

  it('is over at once when its signal aborts, even for work that does not listen', async () => {
    const { bulkhead } = bulkheadAt({ concurrentMax: 1 })
    const controller = new AbortController()
    const hanging = bulkhead.call(() => new Promise(() => {}), { signal: controller.signal })
    controller.abort(new Error('off'))
    expect(await outcomeOf(hanging)).toBe('off')
    expect(await bulkhead.call(() => 'next')).toBe('next')
  })

  it('takes a place back once', async () => {
    const { bulkhead } = bulkheadAt({ concurrentMax: 2 })
    const [one] = [await bulkhead.enter(), await bulkhead.enter()]
    one.leave()
    one.leave()
    expect(bulkhead.stats.running).toBe(1)
  })

  it('serves the oldest first, and nobody overtakes who waits', async () => {
    const { bulkhead, clock } = bulkheadAt({ concurrentMax: 1 })
    const told: string[] = []
    const place = await bulkhead.enter()
    const places = ['a', 'b', 'c'].map((name) => ask(bulkhead, name, told))
    place.leave()
    expect(bulkhead.tryEnter()).toBeUndefined()
    await clock.settle()
    expect(told).toEqual(['a: in'])
    void places[0]?.then((first) => first.leave())
    await clock.settle()
    expect(told).toEqual(['a: in', 'b: in'])
  })

  it('lets nobody overtake who hears of a free place while places are given out', async () => {
    const { bulkhead } = bulkheadAt({ concurrentMax: 1 })
    await bulkhead.enter()
    const waiting = [bulkhead.enter(), bulkhead.enter()]
    const sneaking: boolean[] = []
    bulkhead.actor.subscribe(() => sneaking.push(bulkhead.tryEnter() !== undefined))
    bulkhead.resize(3)
    await Promise.all(waiting)
    expect([sneaking, bulkhead.stats.running]).toEqual([[false, false], 3])
  })

  it('refuses who does not want to wait behind so many', async () => {
    const { bulkhead } = bulkheadAt({ concurrentMax: 1 })
    await bulkhead.enter()
    expect(await outcomeOf(bulkhead.enter({ queueMax: 0 }))).toBe('bulkhead.full')
    void bulkhead.enter({ queueMs: Infinity })
    expect(await outcomeOf(bulkhead.enter({ queueMax: 1 }))).toBe('bulkhead.full')
    expect(bulkhead.stats.waiting).toBe(1)
  })

  it('without a queue is full from a refusal until a place is free', async () => {
    const { bulkhead } = bulkheadAt({ concurrentMax: 1, queueMax: 0 })
    const place = await bulkhead.enter()
    expect(bulkhead.state).toBe('free')
    expect(await outcomeOf(bulkhead.enter())).toBe('bulkhead.full')
    expect(bulkhead.state).toBe('full')
    place.leave()
    expect(bulkhead.state).toBe('free')
  })

  it('can be resized while it is in use', async () => {
    const { bulkhead } = bulkheadAt({ concurrentMax: 1 })
    const first = await bulkhead.enter()
    const waiting = [bulkhead.enter(), bulkhead.enter()]
    bulkhead.resize(3)
    const others = await Promise.all(waiting)
    bulkhead.resize(1)
    expect(bulkhead.stats.running).toBe(3)
    first.leave()
    for (const place of others) place.leave()
    expect(bulkhead.tryEnter()).toBeDefined()
    expect(bulkhead.tryEnter()).toBeUndefined()
    expect(codeOf(() => bulkhead.resize(0.5))).toBe('resilience.invalid')
  })

  it('tells whoever watches its chart of waits, and of nothing when there are none', async () => {
    const heard: string[] = []
    const inspect = (event: InspectionEvent) => {
      if (event.type === '@xstate.event') heard.push(event.event.type)
    }
    const { bulkhead } = bulkheadAt({ concurrentMax: 1, inspect })
    for (let call = 0; call < 5; call += 1) await bulkhead.call(() => 'well')
    expect(heard.slice(1)).toEqual([])
    const place = await bulkhead.enter()
    const waiting = bulkhead.enter()
    expect(bulkhead.state).toBe('busy')
    place.leave()
    await waiting
    expect(heard.slice(1)).toEqual(['WAIT', 'SERVED'])
  })

  it.each([
    [{ concurrentMax: 0 }, /concurrentMax/],
    [{ concurrentMax: NaN }, /concurrentMax/],
    [{ queueMax: -1 }, /queueMax/],
    [{ queueMs: 0 }, /queueMs/],
    [{ within: {} }, /must be made by createBulkhead/],
    [{ maxConcurrent: 3 }, /maxConcurrent/],
  ])('refuses the options %j', (options, message) => {
    // What only a program without types would say.
    const make = () => createBulkhead(options as object)
    expect(codeOf(make)).toBe('resilience.invalid')
    expect(make).toThrow(message)
  })

  it('refuses what a caller says of its wait when it makes no sense', async () => {
    const { bulkhead } = bulkheadAt({ concurrentMax: 1 })
    await bulkhead.enter()
    expect(await outcomeOf(bulkhead.enter({ queueMs: -5 }))).toBe('resilience.invalid')
  })
})

describe('a bulkhead within another', () => {
  it('takes a place in both or in none', async () => {
    const outer = createBulkhead({ concurrentMax: 2 })
    const inner = createBulkhead({ concurrentMax: 1, within: outer })
    const place = inner.tryEnter()
    expect(inner.tryEnter()).toBeUndefined()
    expect([inner.stats.running, outer.stats.running]).toEqual([1, 1])
    outer.tryEnter()
    place?.leave()
    outer.tryEnter()
    expect(inner.tryEnter()).toBeUndefined()
    expect([inner.stats.running, outer.stats.running]).toEqual([0, 2])
  })

  it('does not hold up the others within the same one while it is saturated', async () => {
    const { bulkhead: outer, clock } = bulkheadAt({ concurrentMax: 10 })
    const slow = createBulkhead({ concurrentMax: 1, within: outer, clock })
    const quick = createBulkhead({ concurrentMax: 5, within: outer, clock })
    await slow.enter()
    const waiting = Array.from({ length: 50 }, () => outcomeOf(slow.enter()))
    for (let call = 0; call < 100; call += 1) expect(await quick.call(() => call)).toBe(call)
    expect([slow.stats.waiting, quick.stats.peak, outer.state]).toEqual([50, 1, 'free'])
    await clock.advanceAsync(30_000)
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['bulkhead.timeout']))
  })

  it('serves the oldest of those who can get all they need', async () => {
    const { bulkhead: outer, clock } = bulkheadAt({ concurrentMax: 2 })
    const [a, b] = ['a', 'b'].map((name) => createBulkhead({ name, concurrentMax: 1, within: outer, clock }))
    const told: string[] = []
    const inA = await a?.enter()
    const inOuter = await outer.enter()
    void ask(a as Bulkhead, 'a, first', told)
    void ask(b as Bulkhead, 'b, second', told)
    void ask(outer, 'outer, third', told)
    inOuter.leave()
    await clock.settle()
    expect(told).toEqual(['b, second: in'])
    inA?.leave()
    await clock.settle()
    expect(told).toEqual(['b, second: in', 'a, first: in'])
  })

  it('may be within one more for one call only', async () => {
    const project = createBulkhead({ concurrentMax: 1 })
    const agent = createBulkhead({ concurrentMax: 2 })
    const work = held()
    const call = agent.call(work.work, { within: project })
    expect([agent.tryEnter(project), project.stats.running, agent.stats.running]).toEqual([undefined, 1, 1])
    expect(agent.tryEnter()).toBeDefined()
    work.end('done')
    await call
    expect([project.stats.running, agent.stats.running]).toEqual([0, 1])
  })

  it('takes one place only in what it is within twice', () => {
    const outer = createBulkhead({ concurrentMax: 1 })
    const inner = createBulkhead({ within: outer })
    expect(inner.tryEnter(outer)).toBeDefined()
    expect(outer.stats.running).toBe(1)
  })
})
