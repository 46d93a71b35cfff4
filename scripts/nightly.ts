/** What is too long for every change: 100,000 simulated worlds, 2,000 owners that are killed, 200,000 machines, and all else interpreted. */

import { spawnSync } from 'node:child_process'

/** Each with how much of it; the environment may say otherwise. */
const RUNS = [
  { tests: 'test/simulation', environment: { STAGECRAFT_SEEDS: '100000' } },
  { tests: 'test/crash/kill-loop.test.ts', environment: { CRASH_KILLS: '2000' } },
  { tests: 'test/compile/random-machines.test.ts', environment: { STAGECRAFT_MACHINES: '200000' } },
  { tests: 'test/compile/compile.test.ts', environment: { STAGECRAFT_ALL_PATHS: '1' } },
  { tests: 'test/machines', environment: { STAGECRAFT_ALL_PATHS: '1' } },
  { tests: 'test/runtime/hardware-design', environment: { STAGECRAFT_ALL_PATHS: '1' } },
  // The whole suite once more, with XState's own interpreter behind every panel and engine.
  { tests: 'test', environment: { STAGECRAFT_INTERPRETER: 'xstate' } },
]

for (const { tests, environment } of RUNS) {
  const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', tests], {
    stdio: 'inherit',
    env: { ...environment, ...process.env },
  })
  // What comes after a failure is run all the same: a night is long.
  if (status !== 0) process.exitCode = status ?? 1
}
