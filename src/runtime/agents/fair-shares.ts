/**
 * How the places of all agents are shared while more is wanted than there is: equally, by time and not by calls, among
 * the agents that want some; and to agents that hold their places for long, a small share only. While nobody else
 * waits, they may have what is left but a reserve, so that others find a place when they come.
 *
 * Equal shares of time as in start-time fair queueing: P. Goyal, H. M. Vin, H. Cheng, "Start-time Fair Queuing", 1996.
 */

import type { Clock } from '../../model/clock.ts'
import { LIMITS } from '../../model/limits.ts'
import type { Lane, Sharing } from '../../model/resilience/lane.ts'
import type { Standing } from './standing.ts'

const { timeShare: slowShare, reserveShare } = LIMITS.slowAgents

type Account = {
  /** When the places that are held now were taken, oldest first. */
  readonly since: number[]
  /** How long places were held that were given back, and what was passed over while it wanted none. */
  usedMs: number
  /** How long it holds a place; undefined before the first was given back. */
  meanMs: number | undefined
}

/** What one more hold counts in a mean, as in TCP's estimate of a round trip: V. Jacobson, 1988. */
const GAIN = 1 / 8

export class FairShares implements Sharing {
  readonly #clock: Clock
  readonly #max: number
  readonly #standingOf: (entrance: object) => Standing | undefined
  readonly #accounts = new WeakMap<Lane, Account>()
  readonly #holders = new Set<Lane>()
  /** Of whoever was served last, at that time: who comes back later has no claim on the past. */
  #usedMs = 0
  /** How long anybody holds a place: what is expected of who has held none. */
  #meanMs = 0
  /** While others wait, no slow agent gets a place before. */
  #slowAgainAt = -Infinity

  /** @param standingOf who is behind a bulkhead; agents without are never slow. */
  constructor(max: number, clock: Clock, standingOf: (entrance: object) => Standing | undefined) {
    this.#max = max
    this.#clock = clock
    this.#standingOf = standingOf
  }

  admits(lane: Lane): boolean {
    const reserve = Math.floor(this.#max * reserveShare)
    return reserve === 0 || !this.#isSlow(lane) || this.#heldBySlow < this.#max - reserve
  }

  compare(one: Lane, other: Lane): number {
    const isBehind = this.#isBehind(one)
    if (isBehind !== this.#isBehind(other)) return isBehind ? 1 : -1
    return this.#usedBy(one) - this.#usedBy(other)
  }

  took(lane: Lane): void {
    const account = this.#accountOf(lane)
    const used = this.#usedBy(lane)
    account.usedMs += Math.max(0, this.#usedMs - used)
    this.#usedMs = Math.max(this.#usedMs, used)
    account.since.push(this.#clock.now())
    this.#holders.add(lane)
  }

  gaveBack(lane: Lane): void {
    const account = this.#accountOf(lane)
    const now = this.#clock.now()
    // Which of its places it was makes no difference to the sum.
    const heldMs = now - (account.since.shift() ?? now)
    account.usedMs += heldMs
    account.meanMs = towards(account.meanMs ?? heldMs, heldMs)
    this.#meanMs = towards(this.#meanMs, heldMs)
    if (account.since.length === 0) this.#holders.delete(lane)
    if (this.#isSlow(lane)) this.#slowAgainAt = Math.max(this.#slowAgainAt, now + heldMs * this.#restPerHeld)
  }

  /** Places that slow agents may hold at once while others wait. */
  get #slowMax(): number {
    return Math.ceil(this.#max * slowShare)
  }

  /** How long all slow agents hold back for the time one had a place, so that they do not exceed their share. */
  get #restPerHeld(): number {
    return this.#slowMax / (this.#max * slowShare) - 1
  }

  get #heldBySlow(): number {
    let held = 0
    for (const lane of this.#holders) if (this.#isSlow(lane)) held += this.#accountOf(lane).since.length
    return held
  }

  #isBehind(lane: Lane): boolean {
    if (!this.#isSlow(lane)) return false
    return this.#heldBySlow >= this.#slowMax || this.#clock.now() < this.#slowAgainAt
  }

  #isSlow({ entrance }: Lane): boolean {
    return this.#standingOf(entrance)?.isSlow(this.#clock.now()) ?? false
  }

  /** A place that is held counts as long as it is expected to be, or longer: who has just got one is not the next. */
  #usedBy(lane: Lane): number {
    const { since, usedMs, meanMs = this.#meanMs } = this.#accountOf(lane)
    const now = this.#clock.now()
    return since.reduce((sum, start) => sum + Math.max(meanMs, now - start), usedMs)
  }

  #accountOf(lane: Lane): Account {
    const account = this.#accounts.get(lane) ?? { since: [], usedMs: 0, meanMs: undefined }
    this.#accounts.set(lane, account)
    return account
  }
}

const towards = (mean: number, value: number): number => mean + (value - mean) * GAIN
