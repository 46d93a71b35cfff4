/** The cache of findings: a port, the one in memory, and its flights. */

import { LRUCache } from 'lru-cache'
import { hashOf } from '../model/canonical.ts'
import { refuseUnknownKeys, StagecraftError } from '../model/errors.ts'
import type { Finding } from '../model/finding.ts'
import { LIMITS } from '../model/limits.ts'
import type { CriticPlan } from '../model/plan.ts'
import type { CriticInput } from '../model/review-input.ts'
import type { Validation } from './check-finding.ts'
import { SharedWork } from './shared-work.ts'

/** Where findings are kept. A cache that throws or hangs is treated as empty. */
export type FindingCache = {
  /** The finding under a key, or undefined. */
  get(key: string): Finding | undefined | Promise<Finding | undefined>
  set(key: string, finding: Finding): void | Promise<void>
}

/** A cache in memory, least recently used first out. Defaults: 10,000 findings, one hour. */
export function createCache(
  options: { readonly entriesMax?: number; readonly ttlMs?: number } = {},
): FindingCache {
  refuseUnknownKeys('createCache', options, ['entriesMax', 'ttlMs'])
  const { entriesMax = LIMITS.cache.entriesMax, ttlMs = LIMITS.cache.ttlMs } = options
  for (const [name, value] of Object.entries({ entriesMax, ttlMs }))
    if (!Number.isInteger(value) || value < 1)
      throw new StagecraftError(
        'panel.invalid',
        `${name} of a cache must be a whole number from 1, but it is ${value}.`,
      )
  const entries = new LRUCache<string, Finding>({ max: entriesMax, ttl: ttlMs })
  return {
    get: (key) => entries.get(key),
    set: (key, finding) => {
      entries.set(key, finding)
    },
  }
}

/**
 * What makes two evaluations identical: the critic's name and version, the answer with its context, and the findings
 * it depends on. Give critics a new `version` when their judgement changes. Undefined when these hold what JSON has no
 * word for: NaN would have the key of the text "NaN".
 */
export function cacheKey(
  critic: CriticPlan,
  input: CriticInput,
  prior: Readonly<Record<string, Finding>>,
): string | undefined {
  const { prompt, response, context } = input
  if (!isJson([prompt, response, context, prior])) return undefined
  return `${critic.name}@${critic.version}:${hashOf({ prompt, response, context, prior })}`
}

function isJson(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint'
  if (Array.isArray(value)) return value.every(isJson)
  return Object.getPrototypeOf(value) === Object.prototype && Object.entries(value).flat().every(isJson)
}

const flights = new WeakMap<FindingCache, Map<Validation, SharedWork>>()

/** The evaluations under way over a cache: panels that share the cache, and check findings alike, share them. */
export function sharedWorkOf(cache: FindingCache, validation: Validation): SharedWork {
  const ofCache = flights.get(cache) ?? new Map<Validation, SharedWork>()
  flights.set(cache, ofCache)
  const known = ofCache.get(validation) ?? new SharedWork()
  ofCache.set(validation, known)
  return known
}
