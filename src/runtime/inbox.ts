/** The durable inbox: what others ask of the owner through the store, each answered exactly once. */

import { z } from 'zod'
import type { Clock } from '../model/clock.ts'
import { Submission } from '../model/approval.ts'
import type { Json } from '../model/canonical.ts'
import { isStagecraftError, messageOf } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import type { AnswerTo } from './projects/approvals.ts'
import { fault } from './fault.ts'
import type { Projects } from './projects/projects.ts'
import type { RecordedReviews } from './recorded-reviews.ts'
import type { OwnedStore, Request } from './store/store.ts'

/** What may be asked for. */
export const Ask = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('decide'), submission: Submission }),
  z.strictObject({ ask: z.literal('release'), submission: Submission }),
  z.strictObject({ ask: z.enum(['run', 'pause', 'resume', 'cancel']) }),
  z.strictObject({ ask: z.literal('rollback'), checkpoint: z.string() }),
])
export type Ask = z.input<typeof Ask>

/** How a request was answered. */
export type Answered =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly message: string }

type Parts = {
  readonly store: OwnedStore
  readonly clock: Clock
  readonly projects: Projects
  readonly reviews: RecordedReviews
  readonly onTrouble: (error: unknown) => void
}

export class Inbox {
  readonly #parts: Parts
  #running: Promise<void> | undefined
  #isAwake = false
  #isStopped = false
  #failures = 0
  #retry: unknown

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Takes what is there; resolves when nothing is left to take. */
  wake(): Promise<void> {
    this.#isAwake = true
    this.#running ??= this.#run().finally(() => (this.#running = undefined))
    return this.#running
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#parts.clock.clearTimeout(this.#retry)
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#isAwake && !this.#isStopped) {
      this.#isAwake = false
      try {
        const requests = await this.#parts.store.requests(LIMITS.pageMax)
        for (const request of requests) await this.#handle(request)
        if (requests.length === LIMITS.pageMax) this.#isAwake = true
        this.#failures = 0
      } catch (error) {
        this.#parts.onTrouble(error)
        this.#lookAgain()
      }
    }
  }

  /** What met trouble of the store is still there, and nobody will post it again. */
  #lookAgain(): void {
    if (this.#isStopped) return
    const { clock } = this.#parts
    const { baseMs, maxMs } = LIMITS.storeRetry
    const delayMs = Math.min(maxMs, baseMs * 2 ** this.#failures)
    this.#failures += 1
    clock.clearTimeout(this.#retry)
    this.#retry = clock.setTimeout(() => void this.wake(), delayMs)
  }

  async #handle(request: Request): Promise<void> {
    if (this.#isStopped) return
    fault('inbox.before-answer')
    try {
      const ask = Ask.parse(request.body)
      await this.#perform(request.journal, ask, answerOf(request.id, { ok: true }))
    } catch (error) {
      // Trouble of the store is no answer: the request stays.
      const code = isStagecraftError(error) ? error.code : 'input.invalid'
      if (code.startsWith('store.') || code === 'orchestrator.stopped') throw error
      const refused = answerOf(request.id, { ok: false, code, message: messageOf(error) })
      await this.#parts.store.answer([refused(this.#parts.clock.now())])
    }
    fault('inbox.answered')
  }

  async #perform(id: string, ask: z.output<typeof Ask>, answer: AnswerTo): Promise<void> {
    const { projects, reviews } = this.#parts
    if (ask.ask === 'decide') await projects.submitApproval(id, ask.submission, answer)
    else if (ask.ask === 'release') await reviews.submitApproval(id, ask.submission, answer)
    else if (ask.ask === 'rollback') await projects.goBack(id, ask.checkpoint, answer)
    else await projects[ask.ask === 'run' ? 'go' : ask.ask](id, answer)
  }
}

const answerOf =
  (id: string, answered: Answered): AnswerTo =>
  (at) => ({ id, at, body: answered as unknown as Json })
