import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const program = fileURLToPath(new URL('ten-thousand-reviews.ts', import.meta.url))

it('keeps no heap, timer, listener or permit of ten thousand reviews', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program])
  const { heapGrowthBytes, timers, listeners, usage } = JSON.parse(stdout)
  expect(heapGrowthBytes).toBeLessThan(1_000_000)
  expect(timers).toBe(0)
  expect(listeners).toBe(0)
  expect(usage).toMatchObject({ running: 0, waiting: 0 })
}, 120_000)
