import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createAdaptiveLimit, createCircuitBreaker, createBulkhead } from 'stagecraft/resilience'
import { createAgents, defineAgent, type Agent, type AgentsOptions } from 'stagecraft/runtime'
import { steppingClock } from 'stagecraft/testing'

const once = { retry: { retriesMax: 0 } } as const
const never = () => new Promise<never>(() => {})

function scene(options: AgentsOptions = {}) {
  const clock = steppingClock()
  return { clock, agents: createAgents({ clock, random: () => 0.5, ...options }) }
}

describe('a call of an agent', () => {
  it('ends with what the agent returned', async () => {
    const { agents } = scene()
    const weigh = defineAgent({
      name: 'weigh',
      input: z.object({ massKg: z.number() }),
      output: z.object({ weightN: z.number() }),
      run: ({ massKg }) => ({ weightN: massKg * 9.81 }),
    })
    const end = await agents.call(weigh, { massKg: 2 })
    expect(end).toEqual({
      status: 'succeeded',
      attempts: 1,
      output: { weightN: 19.62 },
      error: null,
      durationMs: 0,
    })
  })

  it('gives the same key to every attempt, and another to every call', async () => {
    const { clock, agents } = scene()
    const keys: string[] = []
    const flaky = defineAgent({
      name: 'flaky',
      run: (_: unknown, { key, attempt }) => {
        keys.push(key)
        if (attempt < 3) throw new Error('not yet')
        return attempt
      },
    })
    const end = await clock.run(agents.call(flaky, null))
    expect(end).toMatchObject({ status: 'succeeded', attempts: 3, output: 3 })
    expect(new Set(keys).size).toBe(1)
    await clock.run(agents.call(flaky, null, { key: 'mine' }))
    expect(keys.at(-1)).toBe('mine')
  })

  it('names what it came to, also where nobody was called', async () => {
    const { clock, agents } = scene({ limits: { callsConcurrentMax: 3 } })
    const bulkhead = { concurrentMax: 1, queueMax: 1, queueMs: 100 }
    const busy = defineAgent({ name: 'busy', ...once, bulkhead, run: never })
    const picky = defineAgent({ name: 'picky', input: z.string(), run: () => 1 })
    const wrong = defineAgent({ name: 'wrong', output: z.string(), run: () => 1 as unknown as string })
    const broken = defineAgent({
      name: 'broken',
      run: () => {
        throw Object.assign(new Error('no'), { retryable: false })
      },
    })
    const cut = new AbortController()
    const calls = [
      agents.call(busy, null, { timeoutMs: 1_000 }),
      agents.call(busy, null),
      agents.call(busy, null),
      agents.call(picky, 7 as unknown as string),
      agents.call(wrong, null),
      agents.call(broken, null),
      agents.call(defineAgent({ name: 'cut', run: never }), null, { signal: cut.signal }),
    ]
    await clock.settle()
    cut.abort()
    const ends = await clock.run(Promise.all(calls))
    expect(ends.map(({ status, error }) => [status, error?.code])).toEqual([
      ['timed_out', 'timeout'],
      ['rejected', 'queue_timeout'],
      ['rejected', 'queue_full'],
      ['failed', 'input_invalid'],
      ['failed', 'output_invalid'],
      ['failed', 'error'],
      ['cancelled', 'cancelled'],
    ])
    expect(clock.armed).toEqual([])
  })

  it('is not begun for who has gone already', async () => {
    const { agents } = scene()
    let ran = 0
    const counting = defineAgent({ name: 'counting', run: () => (ran += 1) })
    const end = await agents.call(counting, null, { signal: AbortSignal.abort() })
    expect([end.status, end.attempts, ran]).toEqual(['cancelled', 0, 0])
    expect(agents.summary()).toMatchObject({ calls: 1, cancelled: 1, running: 0 })
  })

  it('is what it came to for who goes in the very moment of its end', async () => {
    const cut = new AbortController()
    const { agents } = scene({
      inspect: (event) => {
        if (event.type === '@xstate.snapshot' && event.snapshot.status === 'done') cut.abort()
      },
    })
    const end = await agents.call(defineAgent({ name: 'quick', run: () => 1 }), null, { signal: cut.signal })
    // The suite fails where XState warns of an event for an actor that has ended.
    expect([end.status, cut.signal.aborted]).toEqual(['succeeded', true])
  })

  it('holds no place while it pauses between attempts', async () => {
    const { clock, agents } = scene({ limits: { callsConcurrentMax: 1 } })
    const order: string[] = []
    const flaky = defineAgent({
      name: 'flaky',
      run: (_: unknown, { attempt }) => {
        order.push(`flaky ${attempt}`)
        if (attempt === 1) throw new Error('once')
        return 1
      },
    })
    const steady = defineAgent({ name: 'steady', run: () => order.push('steady') })
    const first = agents.call(flaky, null)
    await agents.call(steady, null)
    expect(agents.summary()).toMatchObject({ retrying: 1, running: 0, succeeded: 1 })
    expect((await clock.run(first)).status).toBe('succeeded')
    expect(order).toEqual(['flaky 1', 'steady', 'flaky 2'])
  })

  it('refuses what a program must change, and what comes after the stop', async () => {
    const { agents } = scene()
    const fine = defineAgent({ name: 'fine', run: () => 1 })
    const code = (promise: Promise<unknown>) =>
      promise.then(
        () => 'none',
        (error: unknown) => (error as { code: string }).code,
      )
    expect(await code(agents.call({ name: 'x', run: () => 1 } as never, null))).toBe('agent.invalid')
    expect(await code(agents.call(fine, null, { timeoutMs: 0 }))).toBe('agent.invalid')
    expect(await code(agents.call(fine, null, { timoutMs: 1 } as never))).toBe('agent.invalid')
    expect(() => createAgents({ limits: { callsConcurrentMax: 0 } })).toThrow(/callsConcurrentMax/)
    await agents.stop()
    expect(await code(agents.call(fine, null))).toBe('orchestrator.stopped')
    await expect(agents.call(fine, null)).rejects.toThrow(/^These agents were stopped/)
  })

  it('refuses a part in the place of another, which could not hold what it promises', () => {
    const run = () => 1
    const limit = createAdaptiveLimit() as never
    expect(() => defineAgent({ name: 'x', bulkhead: limit, run })).toThrow(/bulkhead: must be a bulkhead/)
    expect(() => defineAgent({ name: 'x', breaker: limit, run })).toThrow(
      /breaker: must be a circuit breaker/,
    )
    const swapped = { breaker: createBulkhead() as never, bulkhead: createCircuitBreaker() as never }
    expect(() => defineAgent({ name: 'x', ...swapped, run })).toThrow(/breaker: .*; bulkhead: /)
  })

  it('shows its progress to an inspector', async () => {
    const seen: unknown[] = []
    const { agents } = scene({
      inspect: (event) => {
        if (event.type === '@xstate.event' && event.event.type === 'PROGRESS') seen.push(event.event)
      },
    })
    const writer = defineAgent({ name: 'writer', run: (_: unknown, { progress }) => progress(0.5) })
    await agents.call(writer, null)
    expect(seen).toEqual([{ type: 'PROGRESS', progress: { fraction: 0.5, message: null } }])
  })

  it('is cancelled by the stop while it waits, and may finish what it does until the drain is over', async () => {
    const { clock, agents } = scene()
    const slow = defineAgent({
      name: 'slow',
      bulkhead: { concurrentMax: 2 },
      run: (ms: number) => new Promise<number>((resolve) => void clock.setTimeout(() => resolve(ms), ms)),
    })
    const ends = Promise.all([10, 5_000, 10].map((ms) => agents.call(slow, ms)))
    const stopped = agents.stop(1_000)
    expect((await clock.run(ends)).map(({ status }) => status)).toEqual([
      'succeeded',
      'cancelled',
      'cancelled',
    ])
    await clock.run(stopped)
  })
})

describe('the breaker of an agent', () => {
  const outage = () => {
    let isDown = true
    const agent = defineAgent({
      name: 'remote',
      ...once,
      run: () => {
        if (isDown) throw new Error('down')
        return 'up'
      },
    })
    return { agent, mend: () => (isDown = false) }
  }

  it('is one for all who use the agent by the same clock, under any name and in any copy', async () => {
    const { clock, agents } = scene()
    const others = createAgents({ clock, limits: { callsConcurrentMax: 2 } })
    const { agent } = outage()
    for (let call = 0; call < 5; call++) await agents.call(agent, null)
    expect((await others.call({ ...agent, name: 'copy' }, null)).status).toBe('circuit_open')
    // Another clock is another world.
    expect((await scene().agents.call(agent, null)).status).toBe('failed')
  })

  it('opens, refuses at once, half-opens after its time, and closes after three successes (weakness 16)', async () => {
    const { clock, agents } = scene()
    const { agent, mend } = outage()
    const state = () => agents.summary().agents['remote']?.breaker
    for (let call = 0; call < 5; call++) expect((await agents.call(agent, null)).status).toBe('failed')
    expect(state()).toBe('OPEN')
    expect(await agents.call(agent, null)).toMatchObject({ status: 'circuit_open', attempts: 0 })
    mend()
    clock.advance(60_000)
    for (const expected of ['HALF_OPEN', 'HALF_OPEN', 'CLOSED']) {
      expect((await agents.call(agent, null)).status).toBe('succeeded')
      expect(state()).toBe(expected)
    }
  })

  it('hears of timeouts and of nonsense that is returned, and not of what the caller did wrong', async () => {
    const { clock, agents } = scene()
    const breaker = { failuresMax: 2 }
    const stateAfter = async <Input>(agent: Agent<string, Input>) => {
      // What is wrong about it is what is tested.
      for (let call = 0; call < 2; call++) await clock.run(agents.call(agent, 7 as NoInfer<Input>))
      return agents.summary().agents[agent.name]?.breaker
    }
    const hanging = defineAgent({ name: 'hanging', ...once, breaker, timeoutMs: 10, run: never })
    const rubbish = defineAgent({
      name: 'rubbish',
      ...once,
      breaker,
      output: z.string(),
      run: () => 1 as never,
    })
    const picky = defineAgent({ name: 'picky', ...once, breaker, input: z.string(), run: () => 1 })
    const refusing = defineAgent({
      name: 'refusing',
      ...once,
      breaker,
      run: () => Promise.reject(Object.assign(new Error('no such part'), { retryable: false })),
    })
    expect(await stateAfter(hanging)).toBe('OPEN')
    expect(await stateAfter(rubbish)).toBe('OPEN')
    expect(await stateAfter(picky)).toBe('CLOSED')
    expect(await stateAfter(refusing)).toBe('CLOSED')
  })

  it('gets the trial of a cancelled call back (weakness 18)', async () => {
    const { clock, agents } = scene()
    let isDown = true
    const agent = defineAgent({
      name: 'trial',
      ...once,
      breaker: { failuresMax: 1, trialsMax: 1, successesToClose: 2 },
      run: (_: unknown, { signal }) => {
        if (isDown) throw new Error('down')
        return signal.aborted || never()
      },
    })
    await agents.call(agent, null)
    isDown = false
    clock.advance(60_000)
    for (let call = 0; call < 5; call++) {
      const cut = new AbortController()
      const end = agents.call(agent, null, { signal: cut.signal })
      await clock.settle()
      expect((await agents.call(agent, null)).status).toBe('circuit_open')
      cut.abort()
      expect((await end).status).toBe('cancelled')
    }
  })

  it('may be one of one’s own, shared with whoever else has it, or none', async () => {
    const { clock, agents } = scene()
    const breaker = createCircuitBreaker({ failuresMax: 1, clock })
    const shared = ['a', 'b'].map((name) =>
      defineAgent({ name, ...once, breaker, run: () => Promise.reject(new Error('down')) }),
    )
    const statuses = []
    for (const agent of shared) statuses.push((await agents.call(agent, null)).status)
    expect(statuses).toEqual(['failed', 'circuit_open'])
    expect(breaker.stats).toMatchObject({ calls: 1, failed: 1, refused: 1 })
    const bare = defineAgent({
      name: 'bare',
      ...once,
      breaker: false,
      run: () => Promise.reject(new Error('x')),
    })
    for (let call = 0; call < 20; call++) expect((await agents.call(bare, null)).status).toBe('failed')
    expect(agents.summary().agents['bare']?.breaker).toBeNull()
  })
})

describe('the places of agents', () => {
  it('are five for each and twenty for all, unless somebody says otherwise', async () => {
    const { clock, agents } = scene()
    const running = new Map<string, number>()
    const peaks = { one: 0, all: 0 }
    const make = (name: string, concurrentMax?: number) =>
      defineAgent({
        name,
        ...once,
        ...(concurrentMax && { bulkhead: { concurrentMax } }),
        run: () => {
          running.set(name, (running.get(name) ?? 0) + 1)
          peaks.one = Math.max(peaks.one, running.get(name) ?? 0)
          peaks.all = Math.max(
            peaks.all,
            [...running.values()].reduce((sum, count) => sum + count, 0),
          )
          return new Promise<void>((resolve) => {
            clock.setTimeout(() => {
              running.set(name, (running.get(name) ?? 0) - 1)
              resolve()
            }, 10)
          })
        },
      })
    const team = Array.from({ length: 8 }, (_, index) => make(`agent-${index}`))
    const calls = team.flatMap((agent) => Array.from({ length: 20 }, () => agents.call(agent, null)))
    await clock.run(Promise.all(calls))
    expect(peaks).toEqual({ one: 5, all: 20 })
  })

  it('are taken by an agent that hangs up to its own five, and by no more of its calls', async () => {
    const { clock, agents } = scene({ limits: { callsConcurrentMax: 6 } })
    const hanging = defineAgent({ name: 'hanging', ...once, run: never })
    const fine = defineAgent({ name: 'fine', run: () => 1 })
    const hung = Array.from({ length: 50 }, () => agents.call(hanging, null))
    for (let call = 0; call < 50; call++) expect((await agents.call(fine, null)).status).toBe('succeeded')
    expect(agents.summary().agents['hanging']).toMatchObject({ running: 5, queued: 45 })
    await clock.run(Promise.all(hung))
  })

  it('are shared in equal parts, whoever asked first and however often', async () => {
    const { clock, agents } = scene({ limits: { callsConcurrentMax: 4 } })
    const done: string[] = []
    const make = (name: string) =>
      defineAgent({
        name,
        bulkhead: { concurrentMax: 4 },
        run: () =>
          new Promise<void>((resolve) => void clock.setTimeout(resolve, 10)).then(() => done.push(name)),
      })
    const [greedy, modest] = [make('greedy'), make('modest')] as const
    const all = [
      ...Array.from({ length: 40 }, () => agents.call(greedy, null)),
      ...Array.from({ length: 8 }, () => agents.call(modest, null)),
    ]
    await clock.run(Promise.all(all))
    // The first four places went to who asked alone; from then on each has two.
    expect(done.slice(4, 20).filter((name) => name === 'modest')).toHaveLength(8)
  })

  it('may be those of a bulkhead of one’s own', async () => {
    const { clock, agents } = scene()
    const bulkhead = createBulkhead({ concurrentMax: 1, queueMax: 1, clock })
    const [a, b] = ['a', 'b'].map((name) =>
      defineAgent({
        name,
        bulkhead,
        run: () => new Promise<void>((resolve) => void clock.setTimeout(resolve, 10)),
      }),
    ) as [ReturnType<typeof defineAgent>, ReturnType<typeof defineAgent>]
    const ends = [agents.call(a, null), agents.call(b, null), agents.call(a, null)]
    expect((await clock.run(Promise.all(ends))).map(({ status }) => status)).toEqual([
      'succeeded',
      'succeeded',
      'rejected',
    ])
  })
})

describe('the rate of an agent', () => {
  it('spaces attempts, retries among them, and holds up nobody else', async () => {
    const { clock, agents } = scene({ limits: { callsConcurrentMax: 1 } })
    const at: number[] = []
    const spaced = defineAgent({
      name: 'spaced',
      rate: { ratePerSecond: 2 },
      retry: { retriesMax: 1, backoff: { baseMs: 0 } },
      run: (_: unknown, { attempt }) => {
        at.push(clock.now())
        if (attempt === 1) throw new Error('again')
        return 1
      },
    })
    const free = defineAgent({ name: 'free', run: () => clock.now() })
    const ends = Promise.all([agents.call(spaced, null), agents.call(spaced, null)])
    await clock.settle()
    expect(await agents.call(free, null)).toMatchObject({ output: 0 })
    expect((await clock.run(ends)).map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
    expect(at).toEqual([0, 500, 1_000, 1_500])
  })

  it('has a queue with the same bounds, and forgets who went away (weakness 20)', async () => {
    const { clock, agents } = scene()
    const rare = defineAgent({
      name: 'rare',
      rate: { ratePerSecond: 0.1 },
      bulkhead: { queueMax: 1, queueMs: 1_000 },
      run: () => 1,
    })
    const cut = new AbortController()
    expect((await agents.call(rare, null)).status).toBe('succeeded')
    const gone = agents.call(rare, null, { signal: cut.signal })
    await clock.settle()
    expect((await agents.call(rare, null)).error?.code).toBe('queue_full')
    cut.abort()
    expect((await gone).status).toBe('cancelled')
    expect((await clock.run(agents.call(rare, null))).error?.code).toBe('queue_timeout')
    clock.advance(10_000)
    expect((await agents.call(rare, null)).status).toBe('succeeded')
    expect(clock.armed).toEqual([])
  })
})

describe('the summary', () => {
  it('accounts for every call, says how well it went, and counts what is under way (weakness 22)', async () => {
    const { clock, agents } = scene()
    const work = defineAgent({
      name: 'work',
      retry: { retriesMax: 1, backoff: { baseMs: 100, jitter: 'none' } },
      run: (ms: number) =>
        new Promise<void>((resolve, reject) => {
          clock.setTimeout(() => (ms > 0 ? resolve() : reject(new Error('bad'))), Math.abs(ms))
        }),
    })
    expect(agents.summary()).toMatchObject({ calls: 0, successRate: null, averageMs: null, agents: {} })
    await clock.run(Promise.all([30, 10, -10].map((ms) => agents.call(work, ms))))
    const waiting = agents.call(work, 5_000)
    await clock.settle()
    const { agents: each, ...all } = agents.summary()
    expect(all).toEqual({
      calls: 4,
      succeeded: 2,
      failed: 1,
      timed_out: 0,
      skipped: 0,
      circuit_open: 0,
      rejected: 0,
      cancelled: 0,
      queued: 0,
      running: 1,
      retrying: 0,
      retries: 1,
      successRate: 2 / 3,
      // 30, 10, and twice 10 with a pause of 100.
      averageMs: (30 + 10 + 120) / 3,
    })
    expect(each).toEqual({ work: { ...all, breaker: 'CLOSED' } })
    await clock.run(waiting)
  })
})
