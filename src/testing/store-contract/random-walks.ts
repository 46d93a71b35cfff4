/** Random walks: whatever is done to a store, it says the same as the most naive one. */

import type { Postbox } from '../../runtime/store/store.ts'
import { seededRandom, type SeededRandom } from '../seeded-random.ts'
import { ignorePosts, outcomeOf, type Chapter, type Opened, type TestTools } from './contract-tools.ts'
import { NaiveStore } from './naive-store.ts'
import { RANDOM_IDS, RANDOM_REQUESTS, randomStep } from './random-steps.ts'
import { NOON } from './sample-step.ts'
import { naiveViewOf, viewOf } from './store-view.ts'

const STEPS = 40

/** One test for each seed, which its title names. */
export const randomWalks =
  (seeds: readonly number[]): Chapter =>
  (tools, opened) => {
    tools.describe('a random walk', () => {
      for (const seed of seeds)
        tools.it(
          `says the same as the most naive store (seed ${seed})`,
          opened((at) => walk(tools, seededRandom(seed), at)),
        )
    })
  }

async function walk({ expect }: TestTools, random: SeededRandom, at: Opened): Promise<void> {
  const naive = new NaiveStore()
  let { owner } = at
  const postbox = await at.store.openPostbox()
  for (let step = 0; step < STEPS; step += 1) {
    if (random.chance(0.1)) {
      await owner.close()
      owner = await at.again().open(ignorePosts)
    }
    const [done, expected] = await act(random, { owner, postbox, naive })
    expect(done).toEqual(expected)
    expect(await viewOf(owner, postbox)).toEqual(naiveViewOf(naive))
  }
  await postbox.close()
  await owner.close()
}

type World = { readonly owner: Opened['owner']; readonly postbox: Postbox; readonly naive: NaiveStore }

/** Does the same to both; what came of it. */
async function act(random: SeededRandom, { owner, postbox, naive }: World): Promise<[string, string]> {
  if (random.chance(0.15)) {
    const request = { id: random.pick(RANDOM_REQUESTS), journal: random.pick(RANDOM_IDS), at: NOON, body: {} }
    return both(postbox.post(request), () => naive.post(request))
  }
  if (random.chance(0.05)) {
    const answers = [{ id: random.pick(RANDOM_REQUESTS), at: NOON, body: 'changed nothing' }]
    return both(owner.answer(answers), () => naive.answer(answers))
  }
  if (random.chance(0.05)) {
    const before = NOON + random.between(0, 9)
    return both(owner.forgetAnswers(before), () => naive.forgetAnswers(before))
  }
  if (random.chance(0.1)) {
    const journal = random.pick(RANDOM_IDS)
    return both(owner.remove(journal), () => naive.remove(journal))
  }
  const seqs = new Map(naive.state.records.map(({ id, seq }) => [id, seq]))
  const steps = Array.from({ length: random.between(1, 3) }, () => {
    const step = randomStep(random, (journal) => seqs.get(journal) ?? 0)
    seqs.set(step.journal, step.record.seq)
    return step
  })
  return both(owner.commit(steps), () => naive.commit(steps))
}

const both = async (real: Promise<unknown>, model: () => unknown): Promise<[string, string]> => [
  await outcomeOf(real),
  await outcomeOf(Promise.resolve().then(model)),
]
