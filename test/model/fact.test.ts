import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, type Json } from '../../src/model/canonical.ts'
import { entryHash, FACT_TYPES, FIRST_HASH, type Cause, type NewEntry } from '../../src/model/fact.ts'
import { reversed } from './samples.ts'

const json = fc.jsonValue() as fc.Arbitrary<Json>
const hash = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })
const cause: fc.Arbitrary<Cause> = fc.record({
  to: fc.constantFrom('root', 'root/phase'),
  event: json,
  settles: fc.option(fc.constant('gate')),
})

const entry: fc.Arbitrary<NewEntry> = fc.record({
  type: fc.constantFrom(...FACT_TYPES),
  payload: json,
  journal: fc.constantFrom('drone-001', 'drone_001'),
  seq: fc.integer({ min: 1, max: 1_000_000 }),
  at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  cause: fc.option(cause),
  stateHash: fc.option(hash),
  previousHash: fc.oneof(hash, fc.constant(FIRST_HASH)),
})

describe('the hash of an entry', () => {
  it('is SHA-256 over the canonical JSON of all of it', () => {
    fc.assert(
      fc.property(entry, (own) => {
        expect(entryHash(own)).toBe(createHash('sha256').update(canonicalJson(own), 'utf8').digest('hex'))
      }),
    )
  })

  it('changes with each of its parts', () => {
    fc.assert(
      fc.property(entry, entry, (own, other) => {
        for (const part of Object.keys(own) as (keyof NewEntry)[]) {
          const isSame = canonicalJson(own[part]) === canonicalJson(other[part])
          expect(entryHash({ ...own, [part]: other[part] }) === entryHash(own), part).toBe(isSame)
        }
      }),
    )
  })

  it('is the same when the entry comes back from a store, in whatever order its parts are', () => {
    fc.assert(
      fc.property(entry, (own) => {
        const stored = JSON.parse(JSON.stringify(own)) as NewEntry
        expect(entryHash(stored)).toBe(entryHash(own))
        // A list keeps its order, an object does not; `reversed` turns only objects.
        expect(entryHash(reversed(own) as NewEntry)).toBe(entryHash(own))
      }),
    )
  })

  it('looks at nothing else: a hash or a cursor that stands beside it does not count', () => {
    fc.assert(
      fc.property(entry, (own) => {
        expect(entryHash({ ...own, hash: 'anything', cursor: 7 } as NewEntry)).toBe(entryHash(own))
      }),
    )
  })
})

describe('a chain of entries', () => {
  const chained = fc.array(entry, { minLength: 2, maxLength: 6 }).map((entries) => {
    let previousHash = FIRST_HASH
    return entries.map((own, index) => {
      const linked = { ...own, seq: index + 1, previousHash }
      previousHash = entryHash(linked)
      return { ...linked, hash: previousHash }
    })
  })
  type Chain = readonly (NewEntry & { readonly hash: string })[]
  const holds = (chain: Chain) =>
    chain.every(
      (own, index) =>
        own.hash === entryHash(own) &&
        own.previousHash === (chain[index - 1]?.hash ?? FIRST_HASH) &&
        own.seq === index + 1,
    )

  it('holds, and no longer when an entry is changed, left out, doubled or moved', () => {
    fc.assert(
      fc.property(chained, fc.nat(), fc.nat(), (chain: Chain, one, other) => {
        expect(holds(chain)).toBe(true)
        const at = one % chain.length
        const to = other % chain.length
        const own = chain[at]!
        expect(holds(chain.with(at, { ...own, at: own.at + 1 }))).toBe(false)
        if (at < chain.length - 1) expect(holds(chain.toSpliced(at, 1))).toBe(false)
        expect(holds(chain.toSpliced(at, 0, own))).toBe(false)
        if (at !== to) expect(holds(chain.with(at, chain[to]!).with(to, own))).toBe(false)
      }),
    )
  })
})

describe('the names of facts', () => {
  it('are all different, and hold every one that the seeds ask for', () => {
    expect(new Set(FACT_TYPES).size).toBe(FACT_TYPES.length)
    const asked = [
      ...['CREATED', 'STARTED', 'COMPLETED', 'FAILED'].map((word) => `PROJECT_${word}`),
      ...['STARTED', 'COMPLETED', 'FAILED', 'RETRYING'].map((word) => `PHASE_${word}`),
      ...['REQUESTED', 'RECEIVED', 'TIMEOUT'].map((word) => `APPROVAL_${word}`),
      ...['STARTED', 'COMPLETED', 'FAILED', 'RETRY'].map((word) => `AGENT_${word}`),
      'ISA_UPDATED',
      'ISA_ROLLED_BACK',
      'CHECKPOINT_CREATED',
      'CONFLICT_DETECTED',
      'CONFLICT_RESOLVED',
      'CRITIC_ALERT',
    ]
    for (const type of asked) expect(FACT_TYPES).toContain(type)
  })
})
