import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { shapeCritic } from '../../../src/actors/critics/index.ts'
import { slowest } from './adversarial.ts'
import { evaluate, rulesOf } from './evaluate.ts'

const schema = z.object({ name: z.string(), age: z.number().int() })

describe('the shape critic', () => {
  it('accepts JSON that matches a zod schema', async () => {
    expect(await rulesOf(shapeCritic({ schema }), '{"name":"Ana","age":30}')).toEqual([])
  })

  it('names each place that does not match', async () => {
    const finding = await evaluate(shapeCritic({ schema }), '{"name":1,"age":"old"}')
    expect(finding.violations).toMatchObject([
      { rule: 'shape.mismatch', severity: 2, message: expect.stringContaining('name:') },
      { rule: 'shape.mismatch', message: expect.stringContaining('age:') },
    ])
  })

  it('finds what is no JSON without quoting it', async () => {
    const finding = await evaluate(shapeCritic({ schema }), 'Sure! Here is the secret')
    expect(finding.violations).toEqual([
      { rule: 'shape.not_json', severity: 2, message: 'the response is not JSON' },
    ])
    expect(await rulesOf(shapeCritic({ schema }), '  ')).toEqual(['shape.not_json'])
  })

  it('reads a JSON Schema', async () => {
    const critic = shapeCritic({
      jsonSchema: { type: 'object', properties: { n: { type: 'number', minimum: 1 } }, required: ['n'] },
    })
    expect(await rulesOf(critic, '{"n":1}')).toEqual([])
    expect(await rulesOf(critic, '{"n":0}')).toEqual(['shape.mismatch'])
    expect(await rulesOf(critic, '{}')).toEqual(['shape.mismatch'])
  })

  it('takes any Standard Schema, also an asynchronous one', async () => {
    const even = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: async (value: unknown) =>
          typeof value === 'number' && value % 2 === 0
            ? { value }
            : { issues: [{ message: 'must be even', path: [{ key: 'n' }] }] },
      },
    }
    expect(await rulesOf(shapeCritic({ schema: even }), '4')).toEqual([])
    expect(await evaluate(shapeCritic({ schema: even }), '3')).toMatchObject({
      violations: [{ message: 'n: must be even' }],
    })
  })

  it('accepts a fenced block only when told to', async () => {
    const text = '\n```json\n{"name":"Ana","age":30}\n```\n'
    expect(await rulesOf(shapeCritic({ schema }), text)).toEqual(['shape.not_json'])
    const tolerant = shapeCritic({ schema, fenced: true })
    expect(await rulesOf(tolerant, text)).toEqual([])
    expect(await rulesOf(tolerant, '{"name":"Ana","age":30}')).toEqual([])
    expect(await rulesOf(tolerant, 'Here you are:\n```json\n{}\n```')).toEqual(['shape.not_json'])
    expect(await rulesOf(tolerant, '```json\n```')).toEqual(['shape.not_json'])
  })

  it('refuses to validate what is too deep or too large', async () => {
    const critic = shapeCritic({ schema: z.json(), depthMax: 3, valuesMax: 10 })
    expect(await rulesOf(critic, '[[[1]]]')).toEqual([])
    expect(await rulesOf(critic, '[[[[1]]]]')).toEqual(['shape.too_large'])
    expect(await rulesOf(critic, `[${'1,'.repeat(20)}1]`)).toEqual(['shape.too_large'])
    expect(await rulesOf(critic, JSON.stringify('[[[[["\\",,,,,,,,,,,,,,,,,'))).toEqual([])
  })

  it('lists at most 100 violations and counts all', async () => {
    const finding = await evaluate(shapeCritic({ schema: z.array(z.string()) }), `[${'1,'.repeat(499)}1]`)
    expect(finding.violations).toHaveLength(100)
    expect(finding.details).toMatchObject({ total: 500, rules: { 'shape.mismatch': 500 } })
  })

  it('needs exactly one schema, and one it can read', () => {
    expect(() => shapeCritic({})).toThrow(/exactly one of schema and jsonSchema/)
    expect(() => shapeCritic({ schema, jsonSchema: {} })).toThrow(/exactly one/)
    expect(() => shapeCritic({ jsonSchema: { $ref: 'https://elsewhere.example/schema' } })).toThrow(
      /cannot be read/,
    )
  })

  it('takes no longer than 100 ms for 1 MiB of anything', async () => {
    expect((await slowest(shapeCritic({ schema: z.json(), fenced: true }))).ms).toBeLessThan(100)
    expect((await slowest(shapeCritic({ schema: z.array(z.string()), depthMax: 20 }))).ms).toBeLessThan(100)
  })
})
