import { createWriteStream } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { factText, newsText } from '../../../src/cli/project/fact-text.ts'
import { jsonText } from '../../../src/cli/project/json-text.ts'
import { print } from '../../../src/cli/project/print.ts'
import { table } from '../../../src/cli/project/table.ts'
import { lasted, relative, stamp } from '../../../src/cli/project/time-text.ts'
import type { Json } from '../../../src/model/canonical.ts'
import { FACT_TYPES, type FactType } from '../../../src/model/fact.ts'
import { Written } from '../test-io.ts'
import { UNPRINTABLE } from './workshop.ts'

describe('times', () => {
  it.each([
    [0, '0 ms'],
    [999.4, '999 ms'],
    [2_590, '2.5 s'],
    [59_999, '59 s'],
    [200_000, '3 min 20 s'],
    [3_600_000, '1 h'],
    [26 * 3_600_000, '1 day 2 h'],
    [7 * 24 * 3_600_000, '7 days'],
    [Infinity, 'for ever'],
    [-5, '0 ms'],
  ])('calls %d ms %s', (ms, words) => {
    expect(lasted(ms)).toBe(words)
  })

  it('are before or after now, and of a damaged store no time at all', () => {
    expect(relative(1_000, 4_000)).toBe('3.0 s ago')
    expect(relative(61_000, 1_000)).toBe('in 1 min')
    expect(stamp(0)).toBe('1970-01-01 00:00:00Z')
    expect(stamp(1e300)).toBe('at no time')
    expect(stamp(NaN)).toBe('at no time')
  })
})

const fact = (type: FactType, payload: Json) => ({
  cursor: 7,
  project: 'art-1',
  seq: 3,
  at: 0,
  hash: '',
  type,
  payload,
})

describe('the line of a fact', () => {
  it.each<[FactType, Json, string]>([
    ['PROJECT_STARTED', {}, 'PROJECT_STARTED'],
    [
      'PHASE_STARTED',
      { phase: 'DRAFT', run: 4, iteration: 2 },
      'PHASE_STARTED        DRAFT run 4, iteration 2',
    ],
    [
      'PHASE_RETRYING',
      { phase: 'DRAFT', run: 4, because: 'REJECTED' },
      'PHASE_RETRYING       DRAFT run 4, REJECTED',
    ],
    [
      'PHASE_LOOPED_BACK',
      { phase: 'TEST', run: 4, to: 'DRAFT' },
      'PHASE_LOOPED_BACK    TEST run 4, back to DRAFT',
    ],
    [
      'LIMIT_REACHED',
      { phase: 'DRAFT', limit: 'iterationsMax', value: 3 },
      'LIMIT_REACHED        iterationsMax 3 in DRAFT',
    ],
    [
      'AGENT_FAILED',
      {
        phase: 'DRAFT',
        task: 'writer',
        status: 'timed_out',
        attempts: 3,
        durationMs: 90_000,
        error: { code: 'timeout', message: 'Too slow' },
      },
      'AGENT_FAILED         DRAFT/writer timed_out, after 3 attempts, in 1 min 30 s: Too slow',
    ],
    ['CRITIC_ALERT', { phase: 'DRAFT', verdict: 'deny' }, 'CRITIC_ALERT         DRAFT, deny'],
    ['COMPENSATION_FAILED', { phase: 'SHIP', message: 'Gone' }, 'COMPENSATION_FAILED  SHIP: Gone'],
    ['ISA_UPDATED', { node: 'mass.total', to: 3 }, 'ISA_UPDATED          node mass.total, to 3'],
  ])('of %s says what it is about', (type, payload, line) => {
    expect(newsText(fact(type, payload))).toBe(line)
    expect(factText(fact(type, payload))).toBe(`     7  1970-01-01 00:00:00Z  ${line}`)
  })

  it('is one printable line, whatever was said', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FACT_TYPES),
        fc.jsonValue(),
        fc.dictionary(
          fc.constantFrom('phase', 'by', 'comment', 'error', 'roles', 'durationMs', 'deadlineAt', 'between'),
          fc.jsonValue({ stringUnit: 'binary' }),
        ),
        (type, any, said) => {
          // fast-check makes JSON, and calls it unknown.
          for (const payload of [any, said] as Json[])
            expect(factText(fact(type, payload))).not.toMatch(UNPRINTABLE)
        },
      ),
    )
  })
})

describe('JSON', () => {
  it('reads back as the same value, and holds nothing that could drive a terminal', () => {
    expect(jsonText({ a: '\u001b[2J\u009b\u202e\u{E0001}é\n' })).toBe(
      String.raw`{"a":"\u001b[2J\u009b\u202e\udb40\udc01é\n"}`,
    )
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom(0, 2), (value, indent) => {
        const text = jsonText(value, { indent })
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        for (const line of text.split('\n')) expect(line).not.toMatch(UNPRINTABLE)
      }),
    )
  })
})

describe('a table', () => {
  it('sets columns two spaces apart and leaves no space at the end of a line', () => {
    expect(
      table([
        ['a', 'long', 'x'],
        ['bcd', 'e', ''],
      ]),
    ).toEqual(['a    long  x', 'bcd  e'])
    expect(table([])).toEqual([])
  })
})

describe('what is printed', () => {
  it.runIf(process.platform === 'linux')('is an error where the disk is full', async () => {
    const full = createWriteStream('/dev/full')
    await expect(print(full, 'text')).rejects.toMatchObject({
      code: 'cli.usage',
      message: /could not be written: ENOSPC.*Make room/,
    })
    full.destroy()
  })

  it('is nobody’s concern once its reader has left', async () => {
    const left = new Written()
    left._write = (_chunk, _encoding, done) =>
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    expect(await print(left, 'text')).toBe(false)
    expect(await print(left, 'text')).toBe(false)
  })

  it('leaves no listener behind', async () => {
    const stdout = new Written()
    for (let count = 0; count < 20; count++) expect(await print(stdout, 'x')).toBe(true)
    expect([stdout.text.length, stdout.listenerCount('error')]).toEqual([20, 0])
  })
})
