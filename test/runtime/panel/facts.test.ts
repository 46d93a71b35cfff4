import { describe, expect, it } from 'vitest'
import { createPanel, type ReviewFact, type Run } from 'stagecraft'
import { answer, critic, forbidden, of, scene, violation } from './critics.ts'

/** Everything a run tells, and whether it has said that this is all. */
function listen(run: Run) {
  const facts: ReviewFact[] = []
  const heard = { facts, complete: false }
  run.facts.subscribe({ next: (fact) => facts.push(fact), complete: () => (heard.complete = true) })
  return heard
}

/** One word or two for each fact. */
const told = (facts: readonly ReviewFact[]) =>
  facts.map((fact) => {
    switch (fact.type) {
      case 'STAGE_STARTED':
      case 'STAGE_ENDED':
        return `${fact.type} ${fact.stage}`
      case 'CRITIC_CHANGED':
        return `${fact.critic} ${fact.status} ${fact.attempt}`
      case 'CRITIC_ENDED':
        return `${fact.critic} ended ${fact.result.status}`
      default:
        return fact.type
    }
  })

const about = (name: string, facts: readonly ReviewFact[]) =>
  told(facts).filter((line) => line.startsWith(`${name} `))

describe('the facts of a run (W35)', () => {
  it('tell a review from its start to its end, in order', async () => {
    const at = scene()
    const panel = createPanel({
      critics: [
        at.takes('first', 10, violation, { stage: 'FAST_CRITICS' }),
        at.takes('second', 20, {}, { policy: 'ON_VIOLATION' }),
      ],
      clock: at.clock,
    })
    const run = panel.start(answer)
    const heard = listen(run)
    const review = await at.clock.run(run.result)
    await at.clock.settle()
    expect(told(heard.facts)).toEqual([
      'REVIEW_STARTED',
      'first pending 0',
      'second pending 0',
      'STAGE_STARTED FAST_CRITICS',
      'first queued 0',
      'first running 1',
      'first ended success',
      'STAGE_ENDED FAST_CRITICS',
      'STAGE_STARTED CORE_ANALYSIS',
      'second queued 0',
      'second running 1',
      'second ended success',
      'STAGE_ENDED CORE_ANALYSIS',
      'REVIEW_ENDED',
    ])
    expect(heard.complete).toBe(true)
    expect(heard.facts.map((fact) => fact.at)).toEqual([0, 0, 0, 0, 0, 0, 10, 10, 10, 10, 10, 30, 30, 30])
    const ended = heard.facts.filter((fact) => fact.type === 'CRITIC_ENDED')
    expect(ended.map((fact) => fact.result)).toEqual([of(review, 'first'), of(review, 'second')])
  })

  it('tell every status of a critic in order, and none twice in a row', async () => {
    const at = scene()
    const flaky = critic(
      'flaky',
      (_, { attempt }) => {
        if (attempt < 3) throw new Error('again')
        return {}
      },
      {
        limits: { ratePerSecond: 1 },
        policy: { when: async () => true },
        retry: { retriesMax: 2, backoff: { baseMs: 100, jitter: 'none' } },
      },
    )
    const panel = createPanel({
      critics: [flaky],
      hooks: { beforeCritic: async () => undefined },
      clock: at.clock,
    })
    const run = panel.start(answer)
    const heard = listen(run)
    await at.clock.run(run.result)
    expect(about('flaky', heard.facts)).toEqual([
      'flaky pending 0',
      'flaky queued 0',
      'flaky running 1',
      'flaky retrying 1',
      'flaky queued 1',
      'flaky rate_limited 1',
      'flaky running 2',
      'flaky retrying 2',
      'flaky queued 2',
      'flaky rate_limited 2',
      'flaky running 3',
      'flaky ended success',
    ])
  })

  it('show recovering while the failure hook is asked', async () => {
    const at = scene()
    const run = createPanel({
      critics: [critic('bad', () => Promise.reject(new Error('down')))],
      hooks: { onCriticFailure: async () => ({ score: 1 }) },
      clock: at.clock,
    }).start(answer)
    const heard = listen(run)
    await at.clock.run(run.result)
    expect(about('bad', heard.facts)).toEqual([
      'bad pending 0',
      'bad queued 0',
      'bad running 1',
      'bad recovering 1',
      'bad ended error',
    ])
  })

  it('end every critic exactly once, also in a review that is cut', async () => {
    const at = scene()
    const critics = Array.from({ length: 12 }, (_, index) =>
      at.takes(`c${index}`, index * 10, {}, { stage: index % 2 ? 'VALIDATION' : 'FAST_CRITICS' }),
    )
    const run = createPanel({ critics, limits: { concurrentMax: 3 }, clock: at.clock }).start(answer)
    const heard = listen(run)
    await at.clock.advanceAsync(35)
    run.cancel()
    const review = await run.result
    await at.clock.settle()
    const ended = heard.facts.filter((fact) => fact.type === 'CRITIC_ENDED')
    expect(ended.map((fact) => fact.critic).toSorted()).toEqual(Object.keys(review.critics).toSorted())
    for (const { critic: name, result } of ended) expect(result).toEqual(of(review, name))
    expect(told(heard.facts).at(0)).toBe('REVIEW_STARTED')
    expect(told(heard.facts).at(-1)).toBe('REVIEW_ENDED')
    expect(heard.complete).toBe(true)
  })

  it('begin and end also for a review that is shed', async () => {
    const at = scene()
    const never = forbidden('never')
    const panel = createPanel({ critics: [never.critic], clock: at.clock })
    const run = panel.start(answer, { signal: AbortSignal.abort() })
    const heard = listen(run)
    await run.result
    await at.clock.settle()
    expect(told(heard.facts)).toEqual([
      'REVIEW_STARTED',
      'never pending 0',
      'never ended cancelled',
      'STAGE_ENDED CORE_ANALYSIS',
      'REVIEW_ENDED',
    ])
  })

  it('complete when the actor of the review is stopped from outside', async () => {
    const at = scene()
    const run = createPanel({ critics: [at.takes('a', 10)], clock: at.clock }).start(answer)
    const heard = listen(run)
    await at.clock.settle()
    run.actor.stop()
    await at.clock.settle()
    expect(heard.complete).toBe(true)
  })

  it('tell a late listener what happens from then on, and a too late one nothing', async () => {
    const at = scene()
    const run = createPanel({ critics: [at.takes('a', 10)], clock: at.clock }).start(answer)
    await at.clock.advanceAsync(5)
    const late = listen(run)
    await at.clock.run(run.result)
    await at.clock.settle()
    const tooLate = listen(run)
    await at.clock.settle()
    expect(told(late.facts)).toEqual(['a ended success', 'STAGE_ENDED CORE_ANALYSIS', 'REVIEW_ENDED'])
    expect(tooLate).toEqual({ facts: [], complete: true })
  })

  it('stop for one who has stopped listening, while the review goes on', async () => {
    const at = scene()
    const run = createPanel({ critics: [at.takes('a', 10), at.takes('b', 20)], clock: at.clock }).start(
      answer,
    )
    const heard: string[] = []
    const subscription = run.facts.subscribe((fact) => {
      heard.push(fact.type)
      if (fact.type === 'CRITIC_ENDED') subscription.unsubscribe()
    })
    const review = await at.clock.run(run.result)
    expect(heard.filter((type) => type === 'CRITIC_ENDED')).toHaveLength(1)
    expect(heard.at(-1)).toBe('CRITIC_ENDED')
    expect(of(review, 'b').status).toBe('success')
  })

  it('leave no listener on the actor, neither after the end nor after somebody has stopped listening', async () => {
    const at = scene()
    const run = createPanel({ critics: [at.takes('a', 10)], clock: at.clock }).start(answer)
    const open = { count: 0 }
    const counting =
      <Args extends readonly unknown[]>(subscribe: (...args: Args) => { unsubscribe(): void }) =>
      (...args: Args) => {
        open.count += 1
        const subscription = subscribe(...args)
        let isOpen = true
        return {
          unsubscribe: () => {
            if (isOpen) open.count -= 1
            isOpen = false
            subscription.unsubscribe()
          },
        }
      }
    const { actor } = run
    Object.assign(actor, { subscribe: counting(actor.subscribe.bind(actor)) })
    Object.assign(actor.system, { inspect: counting(actor.system.inspect.bind(actor.system)) })
    const subscription = run.facts.subscribe()
    expect(open.count).toBe(2)
    subscription.unsubscribe()
    expect(open.count).toBe(0)
    listen(run)
    await at.clock.run(run.result)
    await at.clock.settle()
    expect(open.count).toBe(0)
  })

  it('let a listener cancel the review', async () => {
    const at = scene()
    const run = createPanel({
      critics: [at.takes('a', 10), at.takes('b', 20), at.takes('c', 5, {}, { stage: 'VALIDATION' })],
      clock: at.clock,
    }).start(answer)
    run.facts.subscribe((fact) => {
      if (fact.type === 'CRITIC_ENDED' && fact.critic === 'a') run.cancel('enough')
    })
    const review = await at.clock.run(run.result)
    expect(of(review, 'a').status).toBe('success')
    expect(of(review, 'b').status).toBe('cancelled')
    expect(of(review, 'c').status).toBe('cancelled')
  })

  it('are told to an inspector of XState too, from the beginning', async () => {
    const at = scene()
    const types = new Set<string>()
    const panel = createPanel({ critics: [at.says('a')], clock: at.clock })
    await at.clock.run(panel.review(answer, { inspect: (event) => types.add(event.type) }))
    expect(types).toContain('@xstate.actor')
    expect(types).toContain('@xstate.snapshot')
  })
})
