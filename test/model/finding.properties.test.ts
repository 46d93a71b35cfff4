import { deserialize, serialize } from 'node:v8'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasViolation, readFinding, statedSeverity, type FindingRead } from '../../src/model/finding.ts'
import { LIMITS } from '../../src/model/limits.ts'
import { anything, HOSTILE, nearlyFinding, readableFinding } from './arbitraries.ts'
import { OPAQUE, sparse, thawedIn } from './samples.ts'

/** The finding that was read, or undefined, in which nothing is to be frozen. */
const findingIn = (read: FindingRead) => (read.ok ? read.finding : undefined)

describe('readFinding', () => {
  it('is total: whatever a critic returns is a finding or a list of problems', () => {
    fc.assert(
      fc.property(fc.oneof(nearlyFinding, anything), ({ make }) => {
        const read = readFinding(make())
        const said =
          read.ok ||
          (read.problems.length > 0 && read.problems.every((one) => one.startsWith('not_a_finding')))
        expect(said).toBe(true)
      }),
      { numRuns: 5_000 },
    )
  })

  it.each(HOSTILE)('is total for $what, as the finding itself and as each part of it', ({ make }) => {
    const parts = ['severity', 'violations', 'uncertainty', 'precedentAlignment', 'score', 'justification']
    const places = [...parts, 'mitigation', 'escalation', 'spent', 'value', 'details', 'unheard-of']
    const findings = [
      make(),
      ...places.map((place) => ({ [place]: make() })),
      { violations: [make()] },
      { violations: [{ rule: make(), severity: make() }] },
      { escalation: { tier: make(), clause: make(), reason: make() } },
      { value: { deep: [make()] } },
    ]
    for (const finding of findings) expect(typeof readFinding(finding).ok).toBe('boolean')
  })

  it('reads a finding that is plain as the schema would', () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(-1, 0, 0.5, 1, 3, 4, Infinity))
    const words = fc.oneof(fc.string(), fc.constantFrom<unknown>(null, 7, ['a']))
    const plain = fc.record(
      {
        severity: number,
        uncertainty: number,
        precedentAlignment: number,
        score: number,
        justification: words,
        mitigation: words,
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(plain, (finding) => {
        // What is said to be undefined is not said, but has to be read by the schema.
        expect(readFinding(finding)).toEqual(readFinding({ ...finding, spent: undefined }))
      }),
      { numRuns: 2_000 },
    )
  })

  it('keeps numbers within their ranges, and none of them is NaN', () => {
    fc.assert(
      fc.property(nearlyFinding, ({ make }) => {
        const read = readFinding(make())
        if (!read.ok) return
        const { severity = 0, uncertainty = 0, precedentAlignment = 0, score = 0 } = read.finding
        expect(severity >= 0 && severity <= 3).toBe(true)
        expect(uncertainty >= 0 && uncertainty <= 1).toBe(true)
        expect(precedentAlignment >= -1 && precedentAlignment <= 1).toBe(true)
        expect(score).not.toBeNaN()
        const stated = statedSeverity(read.finding)
        expect(stated >= severity && stated <= 3).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })

  it('never changes what it is given', () => {
    fc.assert(
      fc.property(readableFinding, (value) => {
        const before: unknown = deserialize(serialize(value))
        readFinding(value)
        expect(value).toEqual(before)
        expect(Object.isFrozen(value)).toBe(false)
      }),
    )
  })

  it('gives a finding that is frozen all the way down', () => {
    fc.assert(
      fc.property(nearlyFinding, readableFinding, ({ make }, readable) => {
        expect(thawedIn(findingIn(readFinding(readable)))).toEqual([])
        expect(thawedIn(findingIn(readFinding(make())))).toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })

  it('reads the same value twice in the same way', () => {
    fc.assert(
      fc.property(fc.oneof(nearlyFinding, anything), ({ make }) => {
        const value = make()
        expect(readFinding(value)).toEqual(readFinding(value))
      }),
      { numRuns: 2_000 },
    )
  })

  it('reads a finding it has read as the same finding', () => {
    fc.assert(
      fc.property(readableFinding, (value) => {
        const once = readFinding(value)
        expect(readFinding(once.ok ? once.finding : undefined)).toEqual(once)
      }),
    )
  })

  it('gives a finding that later changes of the input do not reach', () => {
    const value = {
      severity: 1,
      violations: ['consent', { rule: 'privacy', severity: 2 }],
      escalation: { tier: 'TIER_2', clause: 'A1', reason: 'look' },
      details: { list: [1, { deep: true }] },
    }
    const read = readFinding(value)
    const before: unknown = deserialize(serialize(read))
    value.severity = 0
    value.violations.length = 0
    value.escalation.tier = 'none'
    value.details.list.push(2)
    expect(read).toMatchObject({ ok: true })
    expect(read).toEqual(before)
  })

  it.each(OPAQUE)(
    'takes nothing with a %s in it for a finding, because it could change later',
    (kind, make) => {
      const places: readonly [string, unknown][] = [
        ['details', { details: make() }],
        ['value.deep[0]', { value: { deep: [make()] } }],
        ['violations[0].seen', { violations: [{ rule: 'consent', seen: make() }] }],
        ['unheard-of', { severity: 1, 'unheard-of': make() }],
      ]
      for (const [place, finding] of places)
        expect(readFinding(finding)).toEqual({
          ok: false,
          problems: [
            expect.stringContaining(`not_a_finding: ${place} is of type ${kind}, and only plain data`),
          ],
        })
    },
  )

  it('asks a getter once, so that it cannot say one thing to the check and another to the verdict', () => {
    let asked = 0
    const read = readFinding({
      get severity() {
        asked += 1
        return asked === 1 ? 3 : 0
      },
    })
    expect(read).toEqual({ ok: true, finding: { severity: 3 } })
  })

  it('hears a finding that is an instance of a class with getters', () => {
    class Spoken {
      get severity() {
        return 3
      }
    }
    expect(readFinding(new Spoken())).toEqual({ ok: true, finding: { severity: 3 } })
  })

  it('takes nothing from a __proto__ key', () => {
    const read = readFinding(JSON.parse('{"severity":2,"__proto__":{"severity":0,"uncertainty":1}}'))
    expect(read).toMatchObject({ ok: true, finding: { severity: 2 } })
    expect(read.ok && read.finding.uncertainty).toBeUndefined()
    expect(Object.getPrototypeOf(read.ok ? read.finding : undefined)).toBe(Object.prototype)
    const inner = readFinding(JSON.parse('{"details":{"__proto__":{"polluted":true}}}'))
    const details = inner.ok ? inner.finding.details : undefined
    expect(Object.getPrototypeOf(details)).toBe(Object.prototype)
    expect(JSON.stringify(details)).toBe('{"__proto__":{"polluted":true}}')
  })

  it.each<[string, unknown]>([
    ['a million violations', { violations: Array.from({ length: 1_000_000 }, () => 'consent') }],
    ['a million wrong violations', { violations: Array.from({ length: 1_000_000 }, () => 1) }],
    ['a list of four billion holes', { violations: sparse(4_294_967_295) }],
    ['four billion holes in its details', { details: sparse(4_294_967_295) }],
    ['a hole among its violations', { violations: Object.assign(sparse(3), { 0: 'consent', 2: 'privacy' }) }],
    [
      'details that go on for ever',
      { details: new Proxy([], { get: (_, key) => (key === 'length' ? Infinity : 0) }) },
    ],
  ])('refuses %s within a second', (_, value) => {
    const startedAt = performance.now()
    expect(readFinding(value)).toMatchObject({ ok: false })
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })

  it('takes as many violations as the limit says, and a million numbers of details at most', () => {
    const most = { violations: Array.from({ length: LIMITS.violationsMax }, () => 'consent') }
    expect(readFinding(most)).toMatchObject({ ok: true })
    expect(readFinding({ details: Array.from({ length: 900_000 }, () => 0) })).toMatchObject({ ok: true })
    expect(readFinding({ details: Array.from({ length: 1_000_001 }, () => 0) })).toMatchObject({ ok: false })
  })

  it('tells a bearable number of problems, each naming its place', () => {
    const read = readFinding({ severity: 'critical', violations: Array.from({ length: 1_000 }, () => 1) })
    const problems = read.ok ? [] : read.problems
    expect(problems).toHaveLength(LIMITS.problemsMax)
    expect(problems[0]).toBe('not_a_finding: severity: must be a number (0 to 3)')
    expect(problems[1]).toContain('violations.0')
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['of type string', 'all good'],
    ['of type undefined', undefined],
    ['an array', [{ severity: 1 }]],
    ['of type function', () => ({})],
  ])('says that what it got is %s', (kind, value) => {
    expect(readFinding(value)).toEqual({
      ok: false,
      problems: [`not_a_finding: a finding is an object, but this is ${kind}`],
    })
  })
})

describe('hasViolation', () => {
  it.each([
    ['an empty finding', {}, false],
    ['an empty list', { violations: [] }, false],
    ['one violation, however mild', { violations: [{ rule: 'tone', severity: 0 }] }, true],
    ['severity 2', { severity: 2 }, true],
    ['severity 1.99', { severity: 1.99 }, false],
  ])('of %s', (_, finding, expected) => {
    expect(hasViolation(finding)).toBe(expected)
  })
})
