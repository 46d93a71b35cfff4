import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/testing/index.ts'
import { tempFolder, warmOwners, type Child } from './child.ts'
import type { Orders } from './fixtures/owner.ts'
import { finishAndCheck } from './promises.ts'

/** 50 in the suite; `npm run check:nightly` sets 2,000. One round again: CRASH_SEED=7 npx vitest run test/crash/kill-loop */
const KILLS = Number(process.env['CRASH_KILLS'] ?? 50)
const ONE = process.env['CRASH_SEED']

/** Kills on one store. A longer run takes a new store now and then, each under a seed of its own. */
const KILLS_PER_STORE = 50

const seeds =
  ONE === undefined
    ? Array.from({ length: Math.ceil(KILLS / KILLS_PER_STORE) }, (_, index) => index + 1)
    : [Number(ONE)]

/** A life ends after so many promises: by what was done, and not by how fast this machine is today. */
const PROMISES_MAX = 30

/** And a little later, so that it is in the middle of something. */
const JITTER_MS = 3

/** When it dies before the first. */
const OPENING_MS = 30

describe('an owner that is killed again and again', () => {
  const owners = warmOwners()

  it.each(seeds)(
    'keeps every promise it made (seed %i)',
    async (seed) => {
      const random = seededRandom(seed)
      const folder = tempFolder()
      const kills = Math.min(KILLS, KILLS_PER_STORE)
      let worked = 0
      for (let kill = 0; kill < kills; kill += 1) {
        const child = owners.next()
        await child.says('warm')
        live(child, { folder, projectsNew: 4 })
        const promises = random.chance(0.2) ? 0 : random.between(1, PROMISES_MAX)
        if (promises > 0) await child.says('promised', promises)
        await wait(random.next() * (promises > 0 ? JITTER_MS : OPENING_MS))
        child.kill()
        const { stdout, stderr } = await child.ended
        expect(stderr, replay(seed)).toBe('')
        if (stdout.includes('promised')) worked += 1
      }
      const { problems, ...seen } = await finishAndCheck(folder)
      expect(problems, replay(seed)).toEqual([])
      // Killed while it worked, and not only while it began.
      expect(worked).toBeGreaterThan(kills / 2)
      expect(seen.promises).toBeGreaterThan(kills * 10)
      console.log(`seed ${seed}: ${kills} kills, ${worked} of them at work; ${JSON.stringify(seen)}`)
    },
    120_000,
  )
})

const live = (child: Child, orders: Orders) => child.tell(JSON.stringify(orders))

const replay = (seed: number) =>
  `Replay it with: CRASH_SEED=${seed} npx vitest run test/crash/kill-loop.test.ts`
