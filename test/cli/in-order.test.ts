import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { inOrder } from '../../src/cli/in-order.ts'
import { allOf, nextTurn } from './test-panel.ts'

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn()
}

async function* from<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items
}

async function* slow() {
  yield 1
  await new Promise(() => {})
}

async function* failing() {
  yield 1
  throw new Error('the disk is gone')
}

/** Work that a test ends by hand. */
function handWork() {
  const open = new Map<number, () => void>()
  return {
    open,
    work: (item: number) => new Promise<number>((resolve) => open.set(item, () => resolve(item))),
    end: (item: number) => open.get(item)?.(),
  }
}

it('hands on every result, in the order of the items, within its limits', async () => {
  const jobs = fc.array(fc.nat({ max: 4 }), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(
      jobs,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 8 }),
      async (lengths, a, b) => {
        let running = 0
        let most = 0
        const work = async (index: number) => {
          most = Math.max(most, ++running)
          await turns(lengths[index] ?? 0)
          running -= 1
          return index
        }
        const limits = { concurrentMax: a, heldMax: b }
        const results = await allOf(inOrder(from(lengths.keys()), work, limits))
        expect(results).toEqual([...lengths.keys()])
        expect(most).toBeLessThanOrEqual(Math.min(a, b))
      },
    ),
    { numRuns: 50 },
  )
})

it('goes on with others while the first is slow, but holds no more than it may', async () => {
  const { work, open, end } = handWork()
  const results = inOrder(from(Array(100).keys()), work, { concurrentMax: 2, heldMax: 4 })
  const first = results.next()
  await turns(5)
  expect([...open.keys()]).toEqual([0, 1])
  for (const item of [1, 2, 3]) {
    end(item)
    await turns(5)
  }
  expect([...open.keys()]).toEqual([0, 1, 2, 3])
  end(0)
  expect((await first).value).toBe(0)
})

it('hands a result on while the next item is still awaited', async () => {
  const results = inOrder(slow(), (item) => Promise.resolve(item), { concurrentMax: 2, heldMax: 2 })
  expect((await results.next()).value).toBe(1)
})

it('reads nothing more while nobody takes the results', async () => {
  let read = 0
  async function* counted() {
    for (;;) yield read++
  }
  const results = inOrder(counted(), (item) => Promise.resolve(item), { concurrentMax: 2, heldMax: 4 })
  await results.next()
  const before = read
  await turns(10)
  expect(read).toBe(before)
  expect(read).toBeLessThanOrEqual(4)
})

it('hands on what was begun before it passes on a failure of the items', async () => {
  const results = inOrder(failing(), (item) => turns(3).then(() => item), { concurrentMax: 2, heldMax: 4 })
  expect((await results.next()).value).toBe(1)
  await expect(results.next()).rejects.toThrow('the disk is gone')
})
