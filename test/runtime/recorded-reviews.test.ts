import { describe, expect, it } from 'vitest'
import { createPanel, defineCritic } from 'stagecraft'
import type { Orchestrator, ReviewOptions, Submission } from 'stagecraft/runtime'
import { hashOf } from '../../src/model/canonical.ts'
import { listen, payloadOf, refusal, scene, typesOf } from './projects/project-scene.ts'

const DAY = 24 * 3_600_000
const INPUT = {
  id: 'review-1',
  prompt: 'Is it safe?',
  response: 'A secret answer',
  context: { riskTier: 'high' },
} as const

/** An orchestrator with a panel that says this of everything. */
async function opened(finding: { severity?: number; uncertainty?: number } = {}) {
  const at = scene()
  let asked = 0
  const judge = defineCritic({
    name: 'judge',
    evaluate: () => {
      asked += 1
      return finding
    },
  })
  const board = createPanel({ critics: [judge] })
  const orchestrator: Orchestrator = await at.start({ panels: { board } })
  const review = (options?: ReviewOptions, input: object = INPUT) =>
    orchestrator.review('board', input as never, options)
  return { ...at, orchestrator, review, askedFor: () => asked }
}

const ESCALATES = { severity: 1, uncertainty: 0.9 }

const decision = (given: Partial<Submission> = {}): Submission => ({
  approval: 'approval-1',
  version: 1,
  decision: 'APPROVED',
  by: 'ana',
  ...given,
})

describe('a recorded review', () => {
  it('is on record with what was asked and what every critic said, before it is handed out', async () => {
    const { orchestrator, review } = await opened({ severity: 1.5 })
    const given = await review()
    expect(given.verdict).toBe('constrained_allow')
    const recorded = await orchestrator.reviews.get('review-1')
    expect(recorded).toEqual({
      id: 'review-1',
      panel: 'board',
      verdict: 'constrained_allow',
      auditHash: given.auditHash,
      state: 'RECORDED',
      input: INPUT,
      inputHash: hashOf(INPUT),
      review: JSON.parse(JSON.stringify(given)) as unknown,
      createdAt: 1_000,
    })
    expect(recorded.review).toMatchObject({
      critics: { judge: { status: 'success', finding: { severity: 1.5 } } },
    })
    expect(await orchestrator.reviews.list()).toEqual([
      { id: 'review-1', state: 'RECORDED', createdAt: 1_000, updatedAt: 1_000 },
    ])
    await orchestrator.stop()
  })

  it('keeps only the hash of what was asked, where that is wanted', async () => {
    const { orchestrator, review } = await opened()
    const heard = listen(orchestrator)
    await review({ record: 'hash' })
    const recorded = await orchestrator.reviews.get('review-1')
    expect(recorded).not.toHaveProperty('input')
    expect(recorded.inputHash).toBe(hashOf(INPUT))
    await orchestrator.stop()
    expect(payloadOf(heard.facts, 'REVIEW_RECORDED')).toMatchObject({ input: null, inputHash: hashOf(INPUT) })
    expect(JSON.stringify([recorded, heard.facts])).not.toContain('secret')
  })

  it('has an id of its own where none is given', async () => {
    const { orchestrator, review } = await opened()
    const { id: _, ...input } = INPUT
    const ids = await Promise.all([review({}, input), review({}, input)])
    const listed = await orchestrator.reviews.list()
    expect(listed.map(({ id }) => id).toSorted()).toEqual(ids.map(({ id }) => id).toSorted())
    expect(new Set(ids.map(({ id }) => id)).size).toBe(2)
    await orchestrator.stop()
  })

  it('is in the feed, and survives a restart', async () => {
    const { orchestrator, review, start } = await opened({ severity: 3 })
    const heard = listen(orchestrator)
    await review()
    await orchestrator.stop()
    expect(typesOf(heard.facts)).toEqual(['REVIEW_RECORDED'])
    expect(payloadOf(heard.facts, 'REVIEW_RECORDED')).toMatchObject({ panel: 'board', verdict: 'deny' })
    const again = await start()
    expect(await again.reviews.get('review-1')).toMatchObject({
      state: 'RECORDED',
      verdict: 'deny',
      input: INPUT,
    })
    await again.stop()
  })

  it('refuses an id that is taken, and asks no critic for it', async () => {
    const { orchestrator, review, askedFor } = await opened()
    await review()
    expect(await refusal(review())).toMatchObject({
      code: 'project.exists',
      message: expect.stringContaining('review-1'),
    })
    expect(askedFor()).toBe(1)
    await orchestrator.stop()
  })

  it('lets exactly one of two win that ask under one id at the same time', async () => {
    const { orchestrator, review } = await opened()
    const results = await Promise.allSettled([review(), review()])
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'project.exists' },
    })
    await orchestrator.stop()
  })

  it.each(['ab', 'a review', 'review.1', '../etc'])('refuses the id "%s"', async (id) => {
    const { orchestrator, review, askedFor } = await opened()
    expect(await refusal(review({}, { ...INPUT, id }))).toMatchObject({ code: 'input.invalid' })
    expect([askedFor(), await orchestrator.reviews.list()]).toEqual([0, []])
    await orchestrator.stop()
  })

  it('refuses a panel nobody has, and says which there are', async () => {
    const { orchestrator } = await opened()
    expect(await refusal(orchestrator.review('jury', INPUT))).toMatchObject({
      code: 'panel.unknown',
      message: expect.stringMatching(/"jury".*board/),
    })
    expect(await refusal(orchestrator.review('toString', INPUT))).toMatchObject({ code: 'panel.unknown' })
    await orchestrator.stop()
  })

  it('refuses what is no question, and records nothing of it', async () => {
    const { orchestrator, review } = await opened()
    expect(await refusal(review({}, { ...INPUT, context: { riskTier: 'enormous' } }))).toMatchObject({
      code: 'input.invalid',
    })
    expect(await refusal(review({ approval: { quorum: 0 } }))).toMatchObject({
      code: 'input.invalid',
      message: expect.stringContaining('quorum'),
    })
    expect(await orchestrator.reviews.list()).toEqual([])
    await orchestrator.stop()
  })

  it('is no project, and a project is no review', async () => {
    const { orchestrator, review } = await opened()
    await review()
    expect(await refusal(orchestrator.projects.get('review-1'))).toMatchObject({
      code: 'project.unknown',
      message: expect.stringContaining('recorded review'),
    })
    expect(await orchestrator.projects.list()).toEqual([])
    expect(await refusal(orchestrator.reviews.get('review-2'))).toMatchObject({ code: 'review.unknown' })
    await orchestrator.stop()
  })
})

describe('a review that escalates', () => {
  it('waits for people, bound to what was said', async () => {
    const { orchestrator, review } = await opened(ESCALATES)
    const heard = listen(orchestrator)
    const { verdict, auditHash } = await review({ approval: { quorum: 2, deadlineMs: DAY } })
    expect(verdict).toBe('escalate')
    const recorded = await orchestrator.reviews.get('review-1')
    expect(recorded).toMatchObject({
      state: 'AWAITING_APPROVAL',
      approval: {
        id: 'approval-1',
        version: 1,
        subject: { panel: 'board', verdict: 'escalate', auditHash, inputHash: hashOf(INPUT) },
        requires: { quorum: 2 },
        deadlineAt: 1_000 + DAY,
      },
    })
    expect(recorded).not.toHaveProperty('outcome')
    await orchestrator.stop()
    expect(typesOf(heard.facts)).toEqual(['REVIEW_RECORDED', 'CRITIC_ALERT', 'APPROVAL_REQUESTED'])
  })

  it('is released by those who agree, and its verdict stays what it is', async () => {
    const { orchestrator, review } = await opened(ESCALATES)
    const heard = listen(orchestrator)
    const { auditHash } = await review({ approval: { quorum: 2 } })
    const first = await orchestrator.reviews.submitApproval('review-1', decision())
    expect(first.state).toBe('AWAITING_APPROVAL')
    const second = await orchestrator.reviews.submitApproval('review-1', decision({ by: 'bob' }))
    expect(second).toMatchObject({ state: 'RELEASED', outcome: 'released', verdict: 'escalate', auditHash })
    expect(second.review).toMatchObject({ verdict: 'escalate' })
    await orchestrator.stop()
    expect(payloadOf(heard.facts, 'REVIEW_RELEASED')).toEqual({ verdict: 'escalate', outcome: 'released' })
  })

  it('is refused by one who does not', async () => {
    const { orchestrator, review } = await opened(ESCALATES)
    await review({ approval: { quorum: 2 } })
    const refused = await orchestrator.reviews.submitApproval('review-1', decision({ decision: 'REJECTED' }))
    expect(refused).toMatchObject({ state: 'REFUSED', outcome: 'refused', verdict: 'escalate' })
    expect(
      await refusal(orchestrator.reviews.submitApproval('review-1', decision({ by: 'bob' }))),
    ).toMatchObject({
      code: expect.stringMatching(/^approval\./),
    })
    await orchestrator.stop()
  })

  it('is refused where nobody answers in time', async () => {
    const { orchestrator, review, clock, until } = await opened(ESCALATES)
    const heard = listen(orchestrator)
    await review({ approval: { deadlineMs: DAY } })
    await clock.advanceAsync(DAY - 1)
    expect((await orchestrator.reviews.get('review-1')).state).toBe('AWAITING_APPROVAL')
    await clock.advanceAsync(1)
    await until(() => clock.armed.length === 0)
    expect(await orchestrator.reviews.get('review-1')).toMatchObject({
      state: 'REFUSED',
      outcome: 'refused',
      verdict: 'escalate',
    })
    await orchestrator.stop()
    expect(typesOf(heard.facts).slice(-2)).toEqual(['APPROVAL_TIMEOUT', 'REVIEW_REFUSED'])
  })

  it('cannot be answered with a plan, nor by who may not', async () => {
    const { orchestrator, review } = await opened(ESCALATES)
    await review({ approval: { approvers: ['bob'] } })
    const submit = (given: Partial<Submission>) =>
      refusal(orchestrator.reviews.submitApproval('review-1', decision(given)))
    expect(await submit({ by: 'bob', decision: 'PLAN_ONLY' })).toMatchObject({ code: 'approval.not_allowed' })
    expect(await submit({ by: 'ana' })).toMatchObject({ code: 'approval.not_allowed' })
    expect(await submit({ by: 'bob', version: 2 })).toMatchObject({ code: 'approval.outdated' })
    expect((await orchestrator.reviews.get('review-1')).state).toBe('AWAITING_APPROVAL')
    await orchestrator.stop()
  })

  it('takes the same decision twice as one', async () => {
    const { orchestrator, review } = await opened(ESCALATES)
    await review({ approval: { quorum: 2 } })
    await orchestrator.reviews.submitApproval('review-1', decision())
    await orchestrator.reviews.submitApproval('review-1', decision())
    expect((await orchestrator.reviews.get('review-1')).approval?.decisions).toHaveLength(1)
    await orchestrator.reviews.submitApproval('review-1', decision({ by: 'bob' }))
    const again = await orchestrator.reviews.submitApproval('review-1', decision({ by: 'bob' }))
    expect(again.state).toBe('RELEASED')
    await orchestrator.stop()
  })
})
