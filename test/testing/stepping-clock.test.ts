import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import { resolve } from 'node:path'
import { array, assert, nat, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assign, createActor, fromPromise, setup, toPromise } from 'xstate'
import { steppingClock } from '../../src/testing/index.ts'

describe('the stepping clock', () => {
  it('fires what is due, in order of due time, and leaves the rest armed', () => {
    const clock = steppingClock()
    const fired: string[] = []
    clock.setTimeout(() => fired.push('late'), 30)
    clock.setTimeout(() => fired.push('early'), 10)
    clock.advance(20)
    expect(fired).toEqual(['early'])
    expect(clock.armed).toEqual([30])
    expect(clock.now()).toBe(20)
  })

  it('fires a timer that another one arms on the way', () => {
    const clock = steppingClock()
    const seen: number[] = []
    clock.setTimeout(() => clock.setTimeout(() => seen.push(clock.now()), 1_000), 1_000)
    clock.advance(2_000)
    expect(seen).toEqual([2_000])
  })

  it('keeps ties in order of creation, also among those armed by a timer', () => {
    const clock = steppingClock()
    const fired: string[] = []
    clock.setTimeout(() => {
      fired.push('first')
      clock.setTimeout(() => fired.push('armed at once'), 0)
    }, 5)
    clock.setTimeout(() => fired.push('second'), 5)
    clock.advance(5)
    expect(fired).toEqual(['first', 'second', 'armed at once'])
  })

  it('says exactly the due time inside a callback', () => {
    const clock = steppingClock({ startMs: 1_000 })
    const seen: number[] = []
    for (const delayMs of [3, 7]) clock.setTimeout(() => seen.push(clock.now()), delayMs)
    clock.advance(100)
    expect(seen).toEqual([1_003, 1_007])
    expect(clock.now()).toBe(1_100)
  })

  it('takes a negative delay, NaN and a missing one for 0, and never fires at Infinity', () => {
    const clock = steppingClock()
    const fired: unknown[] = []
    for (const delayMs of [-5, Number.NaN, undefined, Infinity]) {
      clock.setTimeout(() => fired.push(delayMs), delayMs)
    }
    clock.advance(1e12)
    expect(fired).toEqual([-5, Number.NaN, undefined])
    expect(clock.armed).toEqual([Infinity])
    expect(clock.next()).toBe(false)
  })

  it('forgets a timer that is cleared, also by a timer of the same moment', () => {
    const clock = steppingClock()
    const fired: string[] = []
    let second = 0
    clock.setTimeout(() => clock.clearTimeout(second), 5)
    second = clock.setTimeout(() => fired.push('second'), 5)
    clock.clearTimeout(undefined)
    clock.clearTimeout(12_345)
    clock.advance(5)
    expect(fired).toEqual([])
  })

  it('goes from one timer to the next, and says when there is none', () => {
    const clock = steppingClock()
    clock.setTimeout(() => {}, 10)
    clock.setTimeout(() => {}, 10)
    expect([clock.next(), clock.now(), clock.next(), clock.now(), clock.next()]).toEqual([
      true,
      10,
      true,
      10,
      false,
    ])
  })

  it('never runs backwards when a callback advances it', () => {
    const clock = steppingClock()
    clock.setTimeout(() => clock.advance(100), 10)
    clock.advance(20)
    expect(clock.now()).toBe(110)
  })

  it.each([-1, Infinity, Number.NaN])('refuses to advance by %s', (ms) => {
    expect(() => steppingClock().advance(ms)).toThrow(expect.objectContaining({ code: 'testing.machine' }))
  })

  it('refuses timers that arm each other for ever', () => {
    const clock = steppingClock()
    const again = () => void clock.setTimeout(again, 0)
    again()
    expect(() => clock.advance(1)).toThrow(/100000 timers fired/)
  })

  it('fires any set of timers in order of due time, ties in order of creation', () => {
    assert(
      property(array(nat(20)), (delays) => {
        const clock = steppingClock()
        const fired: [number, number][] = []
        for (const [index, delayMs] of delays.entries())
          clock.setTimeout(() => fired.push([delayMs, index]), delayMs)
        clock.advance(20)
        expect(fired).toEqual(delays.map((delayMs, index) => [delayMs, index]).toSorted(byBoth))
      }),
    )
  })
})

const byBoth = (a: number[], b: number[]) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0)

describe('the stepping clock and promises', () => {
  it('lets a long chain of promises settle without time passing', async () => {
    const clock = steppingClock()
    let hops = 0
    void (async () => {
      while (hops < 1_000) {
        await Promise.resolve()
        hops += 1
      }
    })()
    await clock.settle()
    expect(hops).toBe(1_000)
    expect(clock.now()).toBe(0)
  })

  it('advances through timers that promises arm', async () => {
    const clock = steppingClock()
    const pause = (ms: number) => new Promise<void>((done) => void clock.setTimeout(done, ms))
    const seen: number[] = []
    void (async () => {
      for (const ms of [100, 200, 400]) {
        await pause(ms)
        seen.push(clock.now())
      }
    })()
    await clock.advanceAsync(300)
    expect(seen).toEqual([100, 300])
    expect(clock.armed).toEqual([700])
  })

  it('runs until a promise settles, and no further', async () => {
    const clock = steppingClock()
    clock.setTimeout(() => {}, 60_000)
    const later = new Promise<string>((done) => void clock.setTimeout(() => done('there'), 5_000))
    await expect(clock.run(later)).resolves.toBe('there')
    expect(clock.now()).toBe(5_000)
  })

  it('passes on a rejection', async () => {
    const clock = steppingClock()
    const failing = new Promise<never>(
      (_, fail) => void clock.setTimeout(() => fail(new Error('no luck')), 10),
    )
    await expect(clock.run(failing)).rejects.toThrow('no luck')
  })

  it('rejects what can never settle', async () => {
    const clock = steppingClock()
    clock.setTimeout(() => {}, Infinity)
    await expect(clock.run(new Promise(() => {}))).rejects.toMatchObject({
      code: 'testing.machine',
      message: expect.stringContaining('can never settle'),
    })
  })

  it('waits for a promise that hops through macrotasks', async () => {
    const hopping = (async () => {
      for (let hop = 0; hop < 20; hop += 1) await new Promise((done) => void setImmediate(done))
      return 'there'
    })()
    await expect(steppingClock().run(hopping)).resolves.toBe('there')
  })

  it('drives a machine with promises and delays to its end', async () => {
    const clock = steppingClock()
    const machine = setup({
      types: {} as { context: { rounds: number }; output: number },
      actors: { think: fromPromise(async () => {}) },
      actions: { count: assign({ rounds: ({ context }) => context.rounds + 1 }) },
      guards: { isEnough: ({ context }) => context.rounds === 3 },
      delays: { pause: 1_000 },
    }).createMachine({
      context: { rounds: 0 },
      initial: 'thinking',
      output: ({ context }) => context.rounds,
      states: {
        thinking: { invoke: { id: 'think', src: 'think', onDone: { target: 'resting', actions: 'count' } } },
        resting: { after: { pause: [{ guard: 'isEnough', target: 'done' }, { target: 'thinking' }] } },
        done: { type: 'final' },
      },
    })
    await expect(clock.run(toPromise(createActor(machine, { clock }).start()))).resolves.toBe(3)
    expect(clock.now()).toBe(3_000)
  })

  it('leaves nothing open that would keep a process alive', async () => {
    const source = pathToFileURL(resolve('src/testing/stepping-clock.ts')).href
    const script = `
      import { steppingClock } from '${source}'
      const clock = steppingClock()
      await clock.settle()
      await clock.advanceAsync(5)
      await clock.run(new Promise((done) => clock.setTimeout(done, 60_000)))
      console.log('end')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 })
    let output = ''
    child.stdout.on('data', (chunk) => (output += String(chunk)))
    const [code] = await once(child, 'close')
    expect([code, output.trim()]).toEqual([0, 'end'])
  })
})
