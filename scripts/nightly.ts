/** What is too long for every change: 100,000 simulated worlds, and 2,000 owners that are killed. */

import { spawnSync } from 'node:child_process'

/** Each with how much of it; the environment may say otherwise. */
const RUNS = [
  { tests: 'test/simulation', environment: { STAGECRAFT_SEEDS: '100000' } },
  { tests: 'test/crash/kill-loop.test.ts', environment: { CRASH_KILLS: '2000' } },
]

for (const { tests, environment } of RUNS) {
  const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', tests], {
    stdio: 'inherit',
    env: { ...environment, ...process.env },
  })
  // What comes after a failure is run all the same: a night is long.
  if (status !== 0) process.exitCode = status ?? 1
}
