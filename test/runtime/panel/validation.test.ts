import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createPanel, defineCritic, type Finding } from 'stagecraft'
import { answer, critic, of, scene, type Settings } from './critics.ts'

const Scored = z.object({ value: z.string(), score: z.number() })

async function checked(finding: unknown, settings: Settings, validation?: 'report' | 'strict' | 'off') {
  const { clock } = scene()
  const panel = createPanel({
    critics: [critic('a', () => finding, settings)],
    ...(validation ? { validation } : {}),
    clock,
  })
  const review = await clock.run(panel.review(answer))
  return { result: of(review, 'a'), review }
}

describe('validation', () => {
  it('keeps a finding that lacks a field, and says which (24)', async () => {
    const { result, review } = await checked({ score: 1 }, { output: Scored })
    expect(result).toMatchObject({
      status: 'success',
      finding: { score: 1 },
      validationErrors: ['missing_required_field: value'],
    })
    expect(review.verdict).toBe('allow')
  })

  it('says which field is wrong', async () => {
    const { result } = await checked({ score: 1, value: 2 }, { output: Scored })
    expect(result.validationErrors).toEqual([expect.stringContaining('invalid_field: value: ')])
  })

  it.each<[string, (finding: Finding) => boolean | string, string]>([
    ['says false', () => false, 'custom_validation_failed'],
    ['says what is wrong', () => 'score is too low', 'score is too low'],
    [
      'throws',
      () => {
        throw new Error('oops')
      },
      'validation_error: oops',
    ],
  ])('reports a validation of its own that %s (25)', async (_, validate, message) => {
    const { result } = await checked({ score: 1 }, { validate })
    expect(result).toMatchObject({ status: 'success', finding: { score: 1 }, validationErrors: [message] })
  })

  it('reports a validation that answers with a promise, whose rejection harms nobody', async () => {
    const validate = () => Promise.reject(new Error('late')) as unknown as boolean
    const { result } = await checked({ score: 1 }, { validate })
    expect(result.validationErrors).toEqual([
      'validation_error: validate must return true, false or a message',
    ])
    await new Promise((resolve) => setImmediate(resolve))
  })

  it.each<[string, unknown, Settings]>([
    ['its schema', { score: 1 }, { output: Scored }],
    ['its own validation', { score: 1 }, { validate: () => false }],
  ])('ends a finding as invalid that fails %s, when strict (26, W15)', async (_, finding, settings) => {
    const { result, review } = await checked(finding, settings, 'strict')
    expect(result.status).toBe('invalid')
    expect(result.finding).toBeUndefined()
    expect(result.error?.code).toBe('invalid')
    expect(result.validationErrors).toHaveLength(1)
    expect(review.verdict).toBe('escalate')
  })

  it('checks nothing but that it is a finding, when off', async () => {
    expect(
      (await checked({ score: 1 }, { output: Scored, validate: () => false }, 'off')).result,
    ).toMatchObject({
      status: 'success',
    })
    expect((await checked('x', { output: Scored }, 'off')).result.status).toBe('invalid')
  })

  it('has no list of errors when there are none', async () => {
    const { result } = await checked({ score: 1, value: 'x' }, { output: Scored, validate: () => true })
    expect(result).not.toHaveProperty('validationErrors')
  })

  it('takes what the schema makes of a finding', async () => {
    const { clock } = scene()
    const typed = defineCritic({
      name: 'typed',
      output: z.object({ severity: z.number(), label: z.string().default('none') }),
      evaluate: () => ({ severity: 1 }),
    })
    const review = await clock.run(createPanel({ critics: [typed], clock }).review(answer))
    expect(review.critics.typed.finding?.label).toBe('none')
  })

  it('waits for a schema that answers later', async () => {
    const output = z
      .object({ score: z.number() })
      .refine((value) => Promise.resolve(value.score > 5), 'too low')
    expect((await checked({ score: 1 }, { output })).result.validationErrors).toEqual([
      'invalid_field: : too low',
    ])
    expect((await checked({ score: 6 }, { output })).result).not.toHaveProperty('validationErrors')
  })

  it.each<[string, (value: unknown) => unknown]>([
    [
      'throws',
      () => {
        throw new Error('schema down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('schema down'))],
  ])('survives a schema that %s', async (_, validate) => {
    const output = { '~standard': { version: 1, vendor: 'test', validate } } as NonNullable<
      Settings['output']
    >
    expect((await checked({ score: 1 }, { output })).result).toMatchObject({
      status: 'success',
      validationErrors: ['validation_error: schema down'],
    })
  })

  it.each([['at once'], ['later']])(
    'survives a finding that cannot be looked at when its schema complains %s',
    async (when) => {
      const issues = { issues: [{ message: 'no', path: ['mine', 'deep'] }] }
      const validate = () => (when === 'at once' ? issues : Promise.resolve(issues))
      const output = { '~standard': { version: 1, vendor: 'test', validate } } as NonNullable<
        Settings['output']
      >
      const finding = Object.defineProperty({}, 'mine', {
        enumerable: true,
        get: () => {
          throw new Error('no looking')
        },
      })
      expect((await checked(finding, { output })).result).toMatchObject({
        status: 'invalid',
        error: { name: 'InvalidFinding' },
      })
    },
  )

  it('does not retry an invalid finding (W15)', async () => {
    const { result } = await checked({ score: 1 }, { output: Scored, retry: { retriesMax: 3 } }, 'strict')
    expect(result.attempts).toBe(1)
  })
})
