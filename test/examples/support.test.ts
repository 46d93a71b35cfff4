import { readFileSync } from 'node:fs'
import type { Review, ReviewInput, Verdict } from 'stagecraft'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { panel } from '../../examples/support/panel.ts'

type Expected = Readonly<Record<string, { verdict: Verdict; because: readonly string[] }>>

const read = (name: string) =>
  readFileSync(new URL(`../../examples/support/${name}`, import.meta.url), 'utf8')
// Both files are the example's own; a wrong shape fails the tests below.
const expected = JSON.parse(read('expected.json')) as Expected
const answers = read('answers.jsonl')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as ReviewInput & { id: string })

const reviews = new Map<string, Review>()

beforeAll(async () => {
  const all = await Promise.all(answers.map((answer) => panel.review(answer)))
  for (const review of all) reviews.set(review.id, review)
})
afterAll(() => panel[Symbol.asyncDispose]())

function reviewOf(id: string): Review {
  const review = reviews.get(id)
  if (!review) throw new Error(`There is no review of ${id}.`)
  return review
}

/** The critics that would not simply allow the answer. */
const objecting = ({ reasons }: Review) =>
  reasons.filter(({ verdict }) => verdict !== 'allow').map(({ critic }) => critic)

it.each(answers.map(({ id }) => id))('judges %s as expected, and for the expected reasons', (id) => {
  const { verdict, because } = expected[id] ?? { verdict: undefined, because: [] }
  const review = reviewOf(id)
  const objections = objecting(review)
  expect({ verdict: review.verdict, objections }).toEqual({
    verdict,
    objections: expect.arrayContaining([...because]),
  })
  expect(objections.length > 0).toBe(verdict !== 'allow')
})

describe('the example as a whole', () => {
  it('has an expectation for every answer and no other, and more than half of the answers are clean', () => {
    expect(Object.keys(expected)).toEqual(answers.map(({ id }) => id))
    expect(answers.length).toBeGreaterThanOrEqual(64)
    const clean = Object.values(expected).filter(({ verdict }) => verdict === 'allow').length / answers.length
    expect(clean).toBeGreaterThan(0.55)
    expect(clean).toBeLessThan(0.65)
  })

  it('hears every critic object at least once, but the two that only report', () => {
    const heard = new Set([...reviews.values()].flatMap(objecting))
    const silent = panel.plan.critics.map(({ name }) => name).filter((name) => !heard.has(name))
    expect(silent.toSorted()).toEqual(['claims', 'summary'])
  })

  it('retries the flaky tone service once for every fifth answer, and no other critic', () => {
    const retried = [...reviews.values()].flatMap(({ id, critics }) =>
      Object.values(critics).flatMap(({ critic, retryCount }) =>
        retryCount > 0 ? [{ id, critic, retryCount }] : [],
      ),
    )
    const fifth = answers.filter((_, index) => (index + 1) % 5 === 0)
    expect(retried).toEqual(fifth.map(({ id }) => ({ id, critic: 'tone', retryCount: 1 })))
  })

  it('has no critic in trouble', () => {
    const ends = new Set(
      [...reviews.values()].flatMap(({ critics }) => Object.values(critics).map(({ status }) => status)),
    )
    expect([...ends].toSorted()).toEqual(['gated', 'success'])
  })

  it('saves most of the cost of its expensive critics', () => {
    const totals = { spent: 0, saved: 0 }
    for (const { cost } of reviews.values()) {
      totals.spent += cost.spent
      totals.saved += cost.saved
    }
    expect(totals.saved / (totals.saved + totals.spent)).toBeGreaterThan(0.5)
  })

  it('comes to the same audit hash every time', async () => {
    for (const answer of answers.slice(0, 10))
      expect((await panel.review(answer)).auditHash).toBe(reviewOf(answer.id).auditHash)
  })
})
