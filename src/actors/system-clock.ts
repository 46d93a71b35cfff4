/** The real clock: monotonic time of the platform, and timers of any length, shared by the whole process. */

import { realTimeClock } from '../compile/real-time.ts'
import type { Clock } from '../model/clock.ts'

export const systemClock: Clock = realTimeClock
