/** What is too long for every change: 100,000 simulated worlds of reviews. */

import { spawnSync } from 'node:child_process'

const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/simulation'], {
  stdio: 'inherit',
  env: { ...process.env, STAGECRAFT_SEEDS: '100000' },
})
process.exitCode = status ?? 1
