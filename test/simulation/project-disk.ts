/** The disk of a simulated world: the real store in memory, behind a door that fills up, fails, stalls and is cut off. */

import { StagecraftError } from '../../src/model/errors.ts'
import { memoryStore } from '../../src/runtime/store/memory-store.ts'
import type { OwnedStore, Postbox, Request, Store, StoreReader } from '../../src/runtime/store/store.ts'
import type { SeededRandom, SteppingClock } from '../../src/testing/index.ts'
import { never, type Life } from './project-life.ts'

/** How a commit, a read or an answer may be changed: for mutants. */
export type Tamper = (store: OwnedStore) => OwnedStore

export class Disk {
  /** Milliseconds by the stepping clock. */
  fullUntil = 0
  /** Chance that a call takes a while. */
  stalling = 0
  /** A call that takes a while more often than not. */
  sluggish: string | undefined
  /** Chance that a call fails, before or after it was done. */
  failing = 0
  /** Of the newest entry that is durable. */
  cursor = 0
  readonly #inner: Store = memoryStore()
  readonly #clock: SteppingClock
  readonly #random: SeededRandom
  readonly #tamper: Tamper
  #owner: { readonly life: Life; readonly store: OwnedStore; readonly onPost: () => void } | undefined

  constructor(clock: SteppingClock, random: SeededRandom, tamper: Tamper = (store) => store) {
    this.#clock = clock
    this.#random = random
    this.#tamper = tamper
  }

  calm(): void {
    this.fullUntil = 0
    this.stalling = 0
    this.sluggish = undefined
    this.failing = 0
  }

  /** The disk as one process sees it. */
  storeFor(life: Life): Store {
    return {
      open: async ({ onPost }) => {
        const store = this.#tamper(await this.#inner.open({ onPost: () => {} }))
        this.#owner = { life, store, onPost }
        this.cursor = await store.newestCursor()
        return this.#door(life, store)
      },
      openReader: () => this.#inner.openReader(),
      openPostbox: () => this.#inner.openPostbox(),
    }
  }

  /** The owner is gone, and with it its hold on the store: what it has not written yet is never written. */
  async cut(): Promise<void> {
    await this.#owner?.store.close()
    this.#owner = undefined
  }

  /** What is really there. */
  reader(): Promise<StoreReader> {
    return this.#inner.openReader()
  }

  async post(request: Request): Promise<void> {
    await this.#inPostbox((box) => box.post(request))
    const owner = this.#owner
    this.#clock.setTimeout(
      () => {
        if (owner && owner === this.#owner && !owner.life.isOver) owner.onPost()
      },
      this.#random.between(0, 200),
    )
  }

  async answerTo(id: string): Promise<unknown> {
    return (await this.#inPostbox((box) => box.answer(id)))?.body
  }

  async #inPostbox<T>(use: (box: Postbox) => Promise<T>): Promise<T> {
    const box = await this.#inner.openPostbox()
    try {
      return await use(box)
    } finally {
      await box.close()
    }
  }

  /** The same store for one process. Whatever is asked of it goes through here. */
  #door(life: Life, store: OwnedStore): OwnedStore {
    const handle = { isBroken: false }
    const close = async () => {
      if (life.isOver) return await never
      await store.close()
    }
    return new Proxy(store, {
      get: (_, name) => {
        if (name === 'close' || name === Symbol.asyncDispose) return close
        const method: unknown = Reflect.get(store, name)
        if (typeof method !== 'function') return method
        return async (...given: unknown[]): Promise<unknown> => {
          await this.#pass(life, handle, name, WRITES.includes(name))
          const result: unknown = await Reflect.apply(method, store, given)
          if (name === 'commit') this.cursor = await store.newestCursor()
          await this.#pass(life, handle, name, false)
          return result
        }
      },
    })
  }

  /** On the way to the disk and back: each may take a while, fail, or not be survived. */
  async #pass(
    life: Life,
    handle: { isBroken: boolean },
    name: string | symbol,
    writes: boolean,
  ): Promise<void> {
    const stalling = name === this.sluggish ? 0.6 : this.stalling
    if (stalling > 0 && this.#random.chance(stalling)) await this.#stall()
    if (life.isOver) return await never
    if (this.failing > 0 && this.#random.chance(this.failing)) {
      // Some failures pass, others stay until the store is opened again.
      if (this.#random.chance(0.5)) handle.isBroken = true
      throw failed()
    }
    if (handle.isBroken) throw failed()
    if (writes && this.#clock.now() < this.fullUntil)
      throw new StagecraftError('store.full', 'The simulated disk is full.')
  }

  #stall(): Promise<void> {
    const delayMs = this.#random.pick([0, 5, 50, 500, 5_000])
    return new Promise((resolve) => {
      this.#clock.setTimeout(resolve, delayMs)
    })
  }
}

/** What a full disk refuses. */
const WRITES: readonly (string | symbol)[] = ['commit', 'answer', 'forgetAnswers', 'remove']

const failed = () => new StagecraftError('store.failed', 'The simulated disk failed.')
