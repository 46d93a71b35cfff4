/** Limits on what runs at once, shared by every review of a process that is given them. Plain, synchronous, fair. */

import type { Clock } from '../../model/clock.ts'
import { refuseUnknownKeys, StagecraftError } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import type { CriticPlan } from '../../model/plan.ts'
import { STAGES, type Stage } from '../../model/stages.ts'
import type { Account } from './account.ts'
import { living, newQueue, PermitRequest, type Answers, type Counter } from './permit-request.ts'
import { RateResource, Resource, type Lane } from './resource.ts'
import { systemClock } from '../system-clock.ts'
import { TokenBucket } from '../../model/resilience/token-bucket.ts'

export type LimitsOptions = {
  /** Critics running at once; default 10. */
  readonly concurrentMax?: number
  /** Critics of one stage running at once; default no bound of its own. */
  readonly perStage?: Readonly<Partial<Record<Stage, number>>>
  /** Critics waiting for a permit; a newcomer beyond it is rejected. Default 1,000. */
  readonly queueMax?: number
  /** Reviews under way at once; a review beyond it is shed. Default 1,000. */
  readonly reviewsMax?: number
  readonly clock?: Clock
}

/** Withdrawn requests that may lie in the queues before they are cleared out. */
const DEAD_MAX = 1_024

export class Limits implements Counter {
  readonly #clock: Clock
  readonly #perStage: Readonly<Partial<Record<Stage, number>>>
  readonly #queueMax: number
  readonly #reviewsMax: number
  readonly #global: Resource
  readonly #stages = new Map<Stage, Resource>()
  readonly #critics = new Map<string, { lane: Omit<Lane, 'critic'>; limits: CriticPlan['limits'] }>()
  #ready = newQueue()
  #dead = 0
  #arrivals: PermitRequest[] = []
  #order = 0
  #waiting = 0
  #reviews = 0
  #peak = 0
  #isScheduled = false

  constructor(options: LimitsOptions = {}) {
    this.#clock = options.clock ?? systemClock
    this.#global = new Resource(whole('limits.concurrentMax', options.concurrentMax ?? LIMITS.concurrentMax))
    this.#perStage = options.perStage ?? {}
    for (const [stage, max] of Object.entries(this.#perStage)) whole(`limits.perStage.${stage}`, max)
    this.#queueMax = whole('limits.queueMax', options.queueMax ?? LIMITS.queueMax, 0)
    this.#reviewsMax = whole('limits.reviewsMax', options.reviewsMax ?? LIMITS.reviewsMax)
  }

  /** Critics running now, the most that ever ran at once, critics waiting, and reviews under way. */
  get usage(): { running: number; peak: number; waiting: number; reviews: number } {
    return {
      running: this.#global.max - this.#global.free,
      peak: this.#peak,
      waiting: this.#waiting,
      reviews: this.#reviews,
    }
  }

  /** What a critic has to get through; critics of one name share their own limits. Throws `panel.conflicting_limits`. */
  laneOf(critic: CriticPlan): Lane {
    const known = this.#critics.get(critic.name)
    if (known && !sameLimits(known.limits, critic.limits))
      throw new StagecraftError(
        'panel.conflicting_limits',
        `Two panels share these limits and both have a critic "${critic.name}", but with different limits of its own. Make them equal, or give one of the critics another name.`,
      )
    const { concurrentMax, ratePerSecond, burst } = critic.limits
    const own = known?.lane ?? {
      slots: concurrentMax === undefined ? [] : [new Resource(concurrentMax)],
      rate:
        ratePerSecond === undefined
          ? undefined
          : new RateResource(new TokenBucket(ratePerSecond, burst, this.#clock.now())),
    }
    this.#critics.set(critic.name, { lane: own, limits: critic.limits })
    const stage = this.#stageResource(critic.stage)
    return { critic, slots: stage ? [stage, ...own.slots] : own.slots, rate: own.rate }
  }

  /** Lets a review in, if there is room; `leaveReview` gives the room back. */
  enterReview(): boolean {
    if (this.#reviews >= this.#reviewsMax) return false
    this.#reviews += 1
    return true
  }

  leaveReview(): void {
    this.#reviews -= 1
  }

  /** Asks for a permit. The answers come later in the same turn, once everything made ready in it has asked. */
  request(lane: Lane, account: Account, answers: Answers): PermitRequest {
    const request = new PermitRequest(this, lane, account, answers, this.#order++)
    this.#waiting += 1
    this.#arrivals.push(request)
    this.#ready.push(request)
    this.#schedule()
    return request
  }

  returned({ lane }: PermitRequest): void {
    this.#global.free += 1
    for (const slot of lane.slots) {
      slot.free += 1
      this.#wake(slot)
    }
    this.#schedule()
  }

  left(request: PermitRequest): void {
    this.#waiting -= 1
    if (request.awaitsToken) this.#stopAwaiting(request)
    this.#bury()
  }

  /** A request that is over stays where it is until it comes up; many of them are cleared out at once. */
  #bury(): void {
    this.#dead += 1
    if (this.#dead > DEAD_MAX && this.#dead > this.#waiting) this.#sweep()
  }

  #sweep(): void {
    this.#dead = 0
    const dead = this.#ready.data.filter((request) => request.state !== 'waiting')
    this.#ready = living(this.#ready)
    for (const stage of this.#stages.values()) stage.parked = living(stage.parked)
    for (const { lane } of this.#critics.values()) {
      for (const slot of lane.slots) slot.parked = living(slot.parked)
      if (lane.rate) lane.rate.parked = living(lane.rate.parked)
    }
    // Some of them had been woken for something that is free: the next in line may take it.
    for (const { lane } of dead) this.#passOn(lane)
    this.#schedule()
  }

  #stageResource(stage: Stage): Resource | undefined {
    const max = this.#perStage[stage]
    if (max === undefined) return undefined
    const known = this.#stages.get(stage) ?? new Resource(max)
    this.#stages.set(stage, known)
    return known
  }

  /** One pass per turn: a permit returned in the middle of a cut must not start new work before the cut is done. */
  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    queueMicrotask(this.#pass)
  }

  readonly #pass = (): void => {
    this.#isScheduled = false
    this.#grantAll()
    this.#rejectOverflow()
  }

  #grantAll(): void {
    while (this.#global.free > 0) {
      const request = this.#ready.pop()
      if (!request) return
      if (request.state === 'waiting') this.#grantOrPark(request)
      else this.#passOn(request.lane)
    }
  }

  /** Somebody who was woken does not take what it was woken for: the next in line may. */
  #passOn({ slots, rate }: Lane, lacking?: Resource | RateResource): void {
    for (const slot of slots) if (slot !== lacking && slot.free > 0) this.#wake(slot)
    if (rate && rate !== lacking) this.#wake(rate)
  }

  #grantOrPark(request: PermitRequest): void {
    const { lane, account } = request
    const lacking = lane.slots.find(isTaken)
    if (lacking) {
      this.#say(request, 'queued')
      lacking.parked.push(request)
      return this.#passOn(lane, lacking)
    }
    const waitMs = lane.rate?.bucket.waitMs(this.#clock.now()) ?? 0
    if (lane.rate && waitMs > 0) {
      this.#say(request, 'rate_limited')
      lane.rate.parked.push(request)
      lane.rate.waiting += 1
      request.awaitsToken = true
      this.#wakeLater(lane.rate, waitMs)
      return this.#passOn(lane, lane.rate)
    }
    if (!account.canPay(lane.critic.cost)) {
      this.#reject(request, 'budget_spent')
      return this.#passOn(lane)
    }
    this.#grant(request)
    if (lane.rate) this.#wake(lane.rate)
  }

  #grant(request: PermitRequest): void {
    const { lane, account } = request
    this.#global.free -= 1
    for (const slot of lane.slots) slot.free -= 1
    lane.rate?.bucket.take()
    account.pay(lane.critic.cost)
    this.#waiting -= 1
    request.state = 'granted'
    this.#peak = Math.max(this.#peak, this.#global.max - this.#global.free)
    request.answers.granted()
  }

  /** Only now is it known who could not be served: of this turn's newcomers the last in line are turned away. */
  #rejectOverflow(): void {
    const arrivals = this.#arrivals
    this.#arrivals = []
    if (this.#waiting <= this.#queueMax) return
    const unserved = arrivals.filter((request) => request.state === 'waiting')
    unserved.sort((a, b) => b.lane.critic.priority - a.lane.critic.priority || b.order - a.order)
    for (const request of unserved.slice(0, this.#waiting - this.#queueMax)) {
      this.#reject(request, 'queue_full')
      this.#bury()
    }
  }

  #reject(request: PermitRequest, reason: string): void {
    this.#waiting -= 1
    request.state = 'over'
    if (request.awaitsToken) this.#stopAwaiting(request)
    request.answers.rejected(reason)
  }

  #say(request: PermitRequest, said: PermitRequest['said']): void {
    if (request.said === said) return
    request.said = said
    if (said === 'queued') request.answers.queued()
    else request.answers.rateLimited()
  }

  /** Puts the first of those who lacked a resource back in line. */
  #wake({ parked }: Resource | RateResource): void {
    for (let request = parked.pop(); request; request = parked.pop()) {
      if (request.state !== 'waiting') continue
      if (request.awaitsToken) this.#stopAwaiting(request)
      this.#ready.push(request)
      return
    }
  }

  /** The last to give up waiting for a token stops the timer: it would keep a process alive for nobody. */
  #stopAwaiting(request: PermitRequest): void {
    const { rate } = request.lane
    request.awaitsToken = false
    if (!rate || --rate.waiting > 0) return
    this.#clock.clearTimeout(rate.timer)
    rate.timer = undefined
  }

  #wakeLater(rate: RateResource, waitMs: number): void {
    rate.timer ??= this.#clock.setTimeout(() => {
      rate.timer = undefined
      this.#wake(rate)
      this.#schedule()
    }, waitMs)
  }
}

const isTaken = ({ free }: Resource): boolean => free === 0

/** Limits to share between panels; a panel that is given none makes its own. Throws `panel.invalid`. */
export function createLimits(options: LimitsOptions = {}): Limits {
  refuseUnknownKeys('createLimits', options, ['concurrentMax', 'perStage', 'queueMax', 'reviewsMax', 'clock'])
  refuseUnknownKeys('limits.perStage', options.perStage ?? {}, STAGES)
  return new Limits(options)
}

function whole(name: string, value: number, min = 1): number {
  if (Number.isInteger(value) && value >= min) return value
  throw new StagecraftError(
    'panel.invalid',
    `${name} must be a whole number from ${min}, but it is ${String(value)}.`,
  )
}

function sameLimits(a: CriticPlan['limits'], b: CriticPlan['limits']): boolean {
  return a.concurrentMax === b.concurrentMax && a.ratePerSecond === b.ratePerSecond && a.burst === b.burst
}
