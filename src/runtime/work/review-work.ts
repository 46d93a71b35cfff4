/** The work of a review inside a phase: what the tasks made goes before a panel. */

import type { ReviewInput as ReviewWorkInput } from '../../machines/phase.ts'
import { messageOf } from '../../model/errors.ts'
import { hashOf } from '../../model/canonical.ts'
import { LIMITS } from '../../model/limits.ts'
import { recordable } from '../../model/recordable.ts'
import type { PhaseReview } from '../../model/phase.ts'
import type { ReviewInput } from '../../model/review-input.ts'
import type { WorkCommand, WorkContext, WorkEnd } from '../engine/engine.ts'
import type { PhaseDefinition, PhaseView } from '../projects/lifecycle.ts'
import { bounded } from './bounded.ts'
import { ContentWriter } from './contents.ts'
import { viewOf } from './phase-view.ts'
import type { WorkShop } from './work-shop.ts'

export async function reviewWork(
  shop: WorkShop,
  command: WorkCommand,
  { record, signal }: WorkContext,
): Promise<WorkEnd> {
  // The chart of a phase gives its review nothing else.
  const input = command.input as unknown as ReviewWorkInput
  const writer = new ContentWriter(record.salt)
  const { view } = await viewOf(shop, record, input.tasks)
  let end: PhaseReview
  try {
    const phase = shop.lifecycleOf(record).phases[input.phase]
    const asked = await bounded(
      { clock: shop.clock, delayMs: LIMITS.gateMs, signal, what: 'The input of the review' },
      () => inputOf(phase, view),
    )
    const review = await shop
      .panelOf(input.panel)
      .review({ ...asked, id: asked.id ?? idOf(command) }, { signal })
    end = {
      verdict: review.verdict,
      auditHash: review.auditHash,
      review: writer.refer(
        recordable({ input: asked, review: JSON.parse(JSON.stringify(review)) as unknown }),
      ),
    }
  } catch (error) {
    // Who could not be asked has not agreed: a person has to look.
    const failure = messageOf(error)
    end = { verdict: 'escalate', auditHash: hashOf(failure), review: writer.refer({ failure }) }
  }
  return { output: { ...end }, contents: writer.contents }
}

const idOf = ({ key }: WorkCommand) => key.replaceAll('.', '-').slice(-64)

async function inputOf(phase: PhaseDefinition | undefined, view: PhaseView): Promise<ReviewInput> {
  if (typeof phase?.review === 'object') return await phase.review.input(view)
  return { prompt: view.project.intent, response: JSON.stringify(view.tasks), context: {} }
}
