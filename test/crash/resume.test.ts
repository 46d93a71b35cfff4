import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startChild, tempFolder } from './child.ts'

it('resumes a thousand projects whose owner was killed in the middle of their tasks', async () => {
  const path = join(tempFolder(), 'store.db')
  const begun = await startChild('resume.ts', ['begin', path]).ended
  expect(begun).toMatchObject({ signal: 'SIGKILL', stderr: '' })
  const resumed = await startChild('resume.ts', ['resume', path]).ended
  expect(resumed).toMatchObject({ code: 0, stderr: '' })
  const { keys, states, ...cost } = JSON.parse(resumed.stdout)
  console.log(`1,000 projects resumed: ${JSON.stringify(cost)}`)
  expect(states).toEqual(['COMPLETED'])
  // Each under the key it had.
  expect(keys.toSorted()).toEqual(JSON.parse(begun.stdout).toSorted())
  // Two seconds on a machine of its own; what others do on this one is not counted.
  expect(cost.cpuMs).toBeLessThan(2_000)
}, 60_000)
