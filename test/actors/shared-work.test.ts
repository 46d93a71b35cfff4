import { describe, expect, it } from 'vitest'
import { SharedWork } from '../../src/actors/shared-work.ts'
import type { Found, Outcome } from '../../src/model/outcome.ts'
import { counted } from '../runtime/panel/critics.ts'

const found = (score: number): Found => ({ kind: 'finding', finding: { score }, validationErrors: [] })
const failed: Outcome = {
  kind: 'error',
  error: { code: 'error', name: 'Error', message: 'down' },
  retryable: true,
}

/** A permit that knows how many hold it. */
function permit() {
  const holders = { now: 1 }
  return { holders, keep: () => void (holders.now += 1), release: () => void (holders.now -= 1) }
}

/** A call that is settled by hand. */
function call() {
  const settle = Promise.withResolvers<Outcome>()
  const signals: AbortSignal[] = []
  const begin = counted((signal: AbortSignal) => {
    signals.push(signal)
    return settle.promise
  })
  return { begin, signals, resolve: settle.resolve }
}

describe('shared work', () => {
  it('is led by the first to come, and forgotten when it has ended', async () => {
    const work = new SharedWork()
    const [one, two, other] = [work.join('k'), work.join('k'), work.join('x')]
    expect([one.leads, two.leads, other.leads]).toEqual([true, false, true])
    expect(work.size).toBe(2)
    expect(await one.outcome()).toBeUndefined()
    const waiting = two.outcome()
    one.end(found(1))
    expect(await waiting).toEqual(found(1))
    other.end(undefined)
    expect(work.size).toBe(0)
    expect(work.join('k').leads).toBe(true)
  })

  it('passes from leader to follower, one at a time', async () => {
    const work = new SharedWork()
    const [one, two, three] = [work.join('k'), work.join('k'), work.join('k')]
    const outcomes = [two.outcome(), three.outcome()]
    one.end(undefined)
    expect(await outcomes[0]).toBeUndefined()
    expect([one.leads, two.leads, three.leads]).toEqual([false, true, false])
    two.end(found(2))
    expect(await outcomes[1]).toEqual(found(2))
    expect(work.size).toBe(0)
  })

  it('goes on when its leader leaves, keeps the permit, and is inherited by the follower', async () => {
    const work = new SharedWork()
    const [one, two] = [work.join('k'), work.join('k')]
    const mine = permit()
    const made = call()
    void one.work(made.begin, mine)
    expect(mine.holders.now).toBe(2)
    one.abandon(false)
    one.end(undefined)
    mine.release()
    expect(made.signals[0]?.aborted).toBe(false)
    expect(mine.holders.now).toBe(1)
    const never = call()
    const inherited = two.work(never.begin, permit())
    made.resolve(found(1))
    expect(await inherited).toEqual(found(1))
    expect(never.begin.calls).toEqual([])
    expect(mine.holders.now).toBe(0)
  })

  it('is aborted, and its permit returned once, when the last has left', async () => {
    const work = new SharedWork()
    const [one, two] = [work.join('k'), work.join('k')]
    const mine = permit()
    const made = call()
    void one.work(made.begin, mine)
    two.end(undefined)
    one.abandon(false)
    one.end(undefined)
    expect(made.signals[0]?.aborted).toBe(true)
    expect(mine.holders.now).toBe(1)
    made.resolve(failed)
    await Promise.resolve()
    await Promise.resolve()
    expect(mine.holders.now).toBe(1)
    expect(work.size).toBe(0)
  })

  it('is aborted at the deadline of its leader, though others wait', () => {
    const work = new SharedWork()
    const [one] = [work.join('k'), work.join('k')]
    const made = call()
    void one.work(made.begin, undefined)
    one.abandon(true)
    expect(made.signals[0]?.aborted).toBe(true)
  })

  it('begins anew after a failure, and keeps the new call when the old one ends late', async () => {
    const work = new SharedWork()
    const one = work.join('k')
    const [first, second, third] = [call(), call(), call()]
    void one.work(first.begin, undefined)
    one.abandon(true)
    void one.work(second.begin, undefined)
    first.resolve(failed)
    await new Promise((resolve) => setImmediate(resolve))
    void one.work(third.begin, undefined)
    expect(third.begin.calls).toEqual([])
    one.end(undefined)
    expect(second.signals[0]?.aborted).toBe(true)
  })

  it('does not mind one who leaves twice, nor disturb who has come since', () => {
    const work = new SharedWork()
    const one = work.join('k')
    one.end(undefined)
    const two = work.join('k')
    one.end(undefined)
    expect(two.leads).toBe(true)
    expect(work.size).toBe(1)
  })
})
