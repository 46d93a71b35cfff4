import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { FAULT_POINTS, type FaultPoint } from '../../src/runtime/fault.ts'
import { tempFolder, warmOwners, type ChildEnd } from './child.ts'
import type { Orders } from './fixtures/owner.ts'
import { finishAndCheck } from './promises.ts'

/** Reached once in a life; the others again and again, each time between other things. */
const REACHED_ONCE: readonly FaultPoint[] = [
  'open.locked',
  'open.ready',
  'recovery.begun',
  'recovery.done',
  'purge.before-log',
  'remove.before-commit',
  'stop.begun',
  'stop.drained',
  'stop.done',
]

const deaths = FAULT_POINTS.flatMap((point) =>
  REACHED_ONCE.includes(point) ? [{ point, hit: 1 }] : [1, later(point)].map((hit) => ({ point, hit })),
)

/** The second death at a point: not so late that a life would end before it. */
function later(point: FaultPoint): number {
  return point.startsWith('commit.') || point.startsWith('engine.') ? 17 : 2
}

/** Every point that a merge comes by, at the beginning of one and later in it. */
const WHILE_MERGING = FAULT_POINTS.filter((point) => /^(commit|engine)\./.test(point)).flatMap((point) =>
  [1, 3].map((hit) => ({ point, hit })),
)

describe('an owner that dies at a fault point', () => {
  const owners = warmOwners()
  const live = async (orders: Orders) => {
    const child = owners.next()
    child.tell(JSON.stringify(orders))
    return await child.ended
  }
  const folder = mkdtempSync(join(tmpdir(), 'stagecraft-crash-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let begun: Promise<ChildEnd> | undefined

  /** What every life here begins with: an owner died in the middle of its work, so that there is something to recover. */
  const middleOfWork = async () => {
    begun ??= live({ folder, projectsNew: 4, dieAt: { point: 'engine.work-ended', hit: 12 } })
    expect(await begun).toMatchObject({ signal: 'SIGKILL', stderr: '' })
    const copy = tempFolder()
    cpSync(folder, copy, { recursive: true })
    return copy
  }

  it.each(deaths)(
    'keeps every promise when it dies at $point, time $hit',
    async (dieAt) => {
      const copy = await middleOfWork()
      const { signal, stderr } = await live({ folder: copy, projectsNew: 4, dieAt })
      expect({ signal, stderr }, `${dieAt.point} was never reached`).toEqual({
        signal: 'SIGKILL',
        stderr: '',
      })
      const { problems } = await finishAndCheck(copy)
      expect(problems).toEqual([])
    },
    60_000,
  )

  it.each(WHILE_MERGING)(
    'keeps every promise when it dies at $point, time $hit, while what a phase has set is put together',
    async ({ point, hit }) => {
      const own = tempFolder()
      const dieAt = { point, hit, whileMerging: true as const }
      const { signal, stderr } = await live({ folder: own, projectsNew: 2, dieAt })
      expect({ signal, stderr }, `${point} was never reached`).toEqual({ signal: 'SIGKILL', stderr: '' })
      const { problems } = await finishAndCheck(own)
      expect(problems).toEqual([])
    },
    60_000,
  )

  it('keeps every promise when it dies at none, and stops by itself', async () => {
    const copy = await middleOfWork()
    expect(await live({ folder: copy, projectsNew: 4 })).toMatchObject({ code: 0, stderr: '' })
    const { problems, projects } = await finishAndCheck(copy)
    expect(problems).toEqual([])
    expect(projects).toBe(8)
  })
})
