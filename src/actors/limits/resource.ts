/** What a critic needs in order to run: slots of which there are so many, and tokens that come at a rate. */

import type { CriticPlan } from '../../model/plan.ts'
import { newQueue } from './permit-request.ts'
import type { TokenBucket } from '../../model/resilience/token-bucket.ts'

/** So many at once. */
export class Resource {
  free: number
  readonly max: number
  /** Who was passed over because this was lacking. */
  parked = newQueue()

  constructor(max: number) {
    this.max = max
    this.free = max
  }
}

/** So many in a time. */
export class RateResource {
  readonly bucket: TokenBucket
  parked = newQueue()
  /** Requests that wait for a token; without any, no timer is kept. */
  waiting = 0
  timer: unknown

  constructor(bucket: TokenBucket) {
    this.bucket = bucket
  }
}

/** What one critic has to get through: its stage's limit, its own, and its rate. */
export type Lane = {
  readonly critic: CriticPlan
  readonly slots: readonly Resource[]
  readonly rate: RateResource | undefined
}
