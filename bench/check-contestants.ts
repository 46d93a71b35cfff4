/** Checks, before anything is measured, that everyone does the work they are measured by. */

import { CONTESTANTS, RETRYING } from './rivals/all.ts'
import type { MakeContestant } from './rivals/contestant.ts'
import { workload } from './workload.ts'

/** Throws when a contestant leaves a critic out, or does not try again when one fails. */
export async function checkContestants(): Promise<void> {
  for (const make of CONTESTANTS) await expectCalls(make, { failures: 0, calls: 10 })
  for (const make of RETRYING) await expectCalls(make, { failures: 1, calls: 11 })
}

async function expectCalls(
  make: MakeContestant,
  expected: { failures: number; calls: number },
): Promise<void> {
  let calls = 0
  const evaluate = async () => {
    calls += 1
    if (calls <= expected.failures) throw new Error('This failure is meant: it should be tried again.')
    return { severity: 0 }
  }
  const contestant = make(workload({ critics: 10, evaluate }))
  await contestant.review()
  await contestant.close?.()
  if (calls !== expected.calls)
    throw new Error(`${contestant.name} made ${calls} calls for ten critics, not ${expected.calls}.`)
}
