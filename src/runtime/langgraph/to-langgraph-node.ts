/** A panel as a node of a LangGraph graph: an answer is reviewed, and the verdict routes. */

import type { CriticResult } from '../../model/critic-result.ts'
import type { Review } from '../../model/review.ts'
import type { ReviewInput } from '../../model/review-input.ts'
import type { Panel } from '../panel/panel.ts'

/** A review as a graph's state can hold it: plain data, without what the critics said word for word. */
export type ReviewNote = Pick<Review, 'id' | 'verdict' | 'reasons' | 'dissent' | 'escalation' | 'auditHash'>

/** What the node writes when it is not told otherwise. `verdict` is there to route on. */
export type ReviewUpdate = { readonly verdict: Review['verdict']; readonly review: ReviewNote }

type Results = Readonly<Record<string, CriticResult>>

export type LangGraphNodeOptions<State, R extends Results, Update> = {
  readonly input: (state: State) => ReviewInput
  /** What is written into the state; it sees the verdict. Default `{ verdict, review }`. */
  readonly output?: (review: Review<R>, state: State) => Update | Promise<Update>
}

/**
 * Makes a node for `new StateGraph(…).addNode('review', …)`; route with
 * `addConditionalEdges('review', ({ verdict }) => verdict, { allow: …, constrained_allow: …, escalate: …, deny: … })`.
 * A graph that is cancelled cancels the review, and the node throws the signal's reason: a review that was cut is never
 * written down. Throws `input.invalid` and `panel.disposed`.
 */
export function toLangGraphNode<State, R extends Results = Results, Update = ReviewUpdate>(
  panel: Panel<R>,
  options: LangGraphNodeOptions<State, R, Update>,
): (state: State, config?: { readonly signal?: AbortSignal }) => Promise<Update> {
  const { input, output } = options
  return async (state, config) => {
    const signal = config?.signal
    signal?.throwIfAborted()
    const review = await panel.review(input(state), signal ? { signal } : {})
    signal?.throwIfAborted()
    if (output) return output(review, state)
    const update: ReviewUpdate = { verdict: review.verdict, review: noteOf(review) }
    // Without `output`, Update is its default.
    return update as Update
  }
}

const noteOf = ({ id, verdict, reasons, dissent, escalation, auditHash }: Review): ReviewNote => ({
  id,
  verdict,
  reasons,
  dissent,
  escalation,
  auditHash,
})
