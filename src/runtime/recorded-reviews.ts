/** Reviews on record: what was asked, what every critic said, and what people did about one that escalated. */

import type { RecordedReviewContext } from '../machines/recorded-review.ts'
import { Requirement, type RequirementOptions, type Submission } from '../model/approval.ts'
import { hashOf, type Json } from '../model/canonical.ts'
import { StagecraftError } from '../model/errors.ts'
import { ID_PATTERN } from '../model/id.ts'
import { recordable } from '../model/recordable.ts'
import type { Review } from '../model/review.ts'
import type { ReviewInput } from '../model/review-input.ts'
import type { Verdict } from '../model/verdict.ts'
import { problemsOf } from '../model/problems.ts'
import { decideApproval, type AnswerTo } from './projects/approvals.ts'
import type { Engine } from './engine/engine.ts'
import { rootContext } from './engine/journal-step.ts'
import { erasure } from './projects/erasure.ts'
import type { Panel } from './panel/panel.ts'
import { approvalView, type ApprovalView } from './projects/project-view.ts'
import type { RunOptions } from './panel/run.ts'
import type { JournalHead, JournalRecord, OwnedStore } from './store/store.ts'
import { ContentReader, ContentWriter } from './work/contents.ts'

export type ReviewOptions = RunOptions & {
  /** `input` (default) keeps what was asked; `hash` keeps only its SHA-256. */
  readonly record?: 'input' | 'hash'
  /** Who has to agree before an escalated answer is released; default one person within 7 days. */
  readonly approval?: RequirementOptions
}

export type RecordedReview = {
  readonly id: string
  readonly panel: string
  readonly verdict: Verdict
  readonly auditHash: string
  /** RECORDED, AWAITING_APPROVAL, RELEASED or REFUSED. */
  readonly state: string
  /** What people decided about a review that escalated; its verdict stays. */
  readonly outcome?: 'released' | 'refused'
  readonly approval?: ApprovalView
  /** What was asked; undefined where only its hash was kept. */
  readonly input?: unknown
  readonly inputHash: string
  /** The whole review as JSON: every critic's result, reasons, cost. */
  readonly review: unknown
  readonly createdAt: number
}

type Parts = { readonly store: OwnedStore; readonly engine: Engine; readonly newSalt: () => string }

export class RecordedReviews {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Asks the panel and puts the review on record before it is handed out. */
  async review(name: string, panel: Panel, input: ReviewInput, options: ReviewOptions): Promise<Review> {
    const { record = 'input', approval, ...run } = options
    const requires = readRequirement(approval)
    const id = input.id ?? crypto.randomUUID()
    if (!ID_PATTERN.test(id))
      throw new StagecraftError(
        'input.invalid',
        `The id of a recorded review must be 3 to 64 letters, digits, "_" or "-": "${id}" is not.`,
      )
    if (await this.#parts.engine.record(id))
      throw new StagecraftError('project.exists', `"${id}" exists already in this store. Choose another id.`)
    const review = await panel.review({ ...input, id }, run)
    await this.#record(name, input, review, { record, requires })
    return review
  }

  async get(id: string): Promise<RecordedReview> {
    return this.#view(this.#known(id, await this.#parts.engine.record(id)))
  }

  /** In order of id. */
  async list(
    filter: { readonly state?: string; readonly after?: string; readonly limit?: number } = {},
  ): Promise<readonly Pick<JournalHead, 'id' | 'state' | 'createdAt' | 'updatedAt'>[]> {
    const heads = await this.#parts.store.heads({ limit: 100, ...filter, kind: 'review' })
    return heads.map(({ id, state, createdAt, updatedAt }) => ({ id, state, createdAt, updatedAt }))
  }

  /** APPROVED releases the answer, REJECTED refuses it. The verdict stays what it is. */
  async submitApproval(id: string, submission: Submission, answer?: AnswerTo): Promise<RecordedReview> {
    const { engine } = this.#parts
    if (submission.decision === 'PLAN_ONLY')
      throw new StagecraftError(
        'approval.not_allowed',
        'A review is released or refused: decide APPROVED or REJECTED.',
      )
    return this.#view(
      await engine.change(id, (record, at) =>
        decideApproval(engine, this.#known(id, record), submission, at, answer),
      ),
    )
  }

  /** Erases input, results and people's names of a review that waits for nobody. It cannot be undone. */
  async erase(id: string): Promise<RecordedReview> {
    return this.#view(await this.#parts.engine.change(id, (record) => erasure(this.#known(id, record))))
  }

  async #record(
    panel: string,
    input: ReviewInput,
    review: Review,
    { record, requires }: { readonly record: 'input' | 'hash'; readonly requires: Requirement },
  ): Promise<void> {
    const salt = this.#parts.newSalt()
    const writer = new ContentWriter(salt)
    const asked = recordable(input)
    const started = {
      panel,
      verdict: review.verdict,
      auditHash: review.auditHash,
      input: record === 'input' ? writer.refer(asked) : null,
      inputHash: hashOf(asked),
      review: writer.refer(JSON.parse(JSON.stringify(review)) as Json),
      requires,
    }
    const journal = { id: review.id, kind: 'review' as const, lifecycle: panel, version: 1, salt }
    const inputAt = (at: number) => recordable({ ...started, at })
    await this.#parts.engine.create(journal, inputAt, writer.contents, 'recorded-review')
  }

  async #view(record: JournalRecord): Promise<RecordedReview> {
    const { store } = this.#parts
    // Every record of this kind has this chart.
    const context = rootContext(record) as RecordedReviewContext
    const contents = await ContentReader.of(store, record.id, context.input, context.review)
    const approval = await approvalView(store, record)
    const outcome = OUTCOMES[record.state]
    return {
      id: record.id,
      panel: context.panel,
      verdict: context.verdict,
      auditHash: context.auditHash,
      state: record.state,
      ...(outcome && { outcome }),
      ...(approval && { approval }),
      ...(context.input !== null && { input: contents.read(context.input) }),
      inputHash: context.inputHash,
      review: contents.read(context.review),
      createdAt: record.createdAt,
    }
  }

  #known(id: string, record: JournalRecord | undefined): JournalRecord {
    if (record?.kind === 'review') return record
    throw new StagecraftError('review.unknown', `There is no recorded review "${id}" in this store.`)
  }
}

const OUTCOMES: Readonly<Record<string, 'released' | 'refused'>> = {
  RELEASED: 'released',
  REFUSED: 'refused',
}

function readRequirement(given: RequirementOptions | undefined): Requirement {
  const read = Requirement.safeParse(given ?? {})
  if (read.success) return read.data
  throw new StagecraftError(
    'input.invalid',
    `The approval is not valid: ${problemsOf(read.error, 'approval')}.`,
  )
}
