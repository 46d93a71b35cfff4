import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startChild, tempFolder } from './child.ts'

it('lets ten thousand projects wait for approval at next to no cost', async () => {
  const child = startChild('waiting.ts', [join(tempFolder(), 'store.db')], ['--expose-gc'])
  const { stdout, stderr } = await child.ended
  expect(stderr).toBe('')
  const met = JSON.parse(stdout)
  console.log(`10,000 waiting projects: ${stdout.trim()}`)
  expect(met.bytesPerProject).toBeLessThan(2_048)
  // One for whichever deadline is next.
  expect(met).toMatchObject({ timers: 1, timersMore: 0, timersAfter: 0, ends: { COMPLETED: 10_000 } })
  expect(met.resumeCpuMs).toBeLessThan(1_000)
}, 120_000)
