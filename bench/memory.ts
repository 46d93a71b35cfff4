/** Memory of a review while its critics wait, and memory that is still held once thousands are over. */

import { heapBytes } from './measure.ts'
import { CONTESTANTS } from './rivals/all.ts'
import type { MakeContestant } from './rivals/contestant.ts'
import { trivial, workload } from './workload.ts'

export type MemoryRow = {
  readonly name: string
  readonly bytesPerReview: number
  /** Growth of the heap over `reviews` reviews, after collection. */
  readonly retained: { readonly reviews: number; readonly bytes: number }
}

export type MemoryOptions = {
  readonly inFlight: number
  readonly reviews: number
  /** LangGraph.js would take minutes for as many. */
  readonly reviewsOfLangGraph: number
}

export async function measureMemory(options: MemoryOptions): Promise<readonly MemoryRow[]> {
  const rows: MemoryRow[] = []
  for (const make of CONTESTANTS) {
    const { name, bytesPerReview } = await inFlight(make, options.inFlight)
    const reviews = name === 'LangGraph.js' ? options.reviewsOfLangGraph : options.reviews
    rows.push({ name, bytesPerReview, retained: { reviews, bytes: await retained(make, reviews) } })
  }
  return rows
}

/** Every critic of the first stage is being evaluated, all others wait for their turn. */
async function inFlight(make: MakeContestant, reviews: number) {
  let gate = Promise.withResolvers<void>()
  const evaluate = async () => {
    await gate.promise
    return { severity: 0 }
  }
  const contestant = make(workload({ critics: 10, evaluate, concurrentMax: reviews * 10 }))
  const start = () => Array.from({ length: reviews }, () => contestant.review())
  // Once without measuring: code and caches come to stay.
  const first = start()
  gate.resolve()
  await Promise.all(first)
  gate = Promise.withResolvers<void>()
  const before = await heapBytes()
  const running = start()
  const bytes = (await heapBytes()) - before
  gate.resolve()
  await Promise.all(running)
  await contestant.close?.()
  return { name: contestant.name, bytesPerReview: bytes / reviews }
}

async function retained(make: MakeContestant, reviews: number): Promise<number> {
  const contestant = make(workload({ critics: 10, evaluate: trivial }))
  await reviewTimes(contestant.review, Math.ceil(reviews / 5))
  const before = await heapBytes()
  await reviewTimes(contestant.review, reviews)
  const bytes = (await heapBytes()) - before
  await contestant.close?.()
  return bytes
}

/** Ten at a time. */
async function reviewTimes(review: () => Promise<void>, times: number): Promise<void> {
  for (let done = 0; done < times; done += 10) await Promise.all(Array.from({ length: 10 }, () => review()))
}
