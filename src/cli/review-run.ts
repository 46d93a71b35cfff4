/** One run over a file of answers: lines in, reviews, results out in the order of the lines. */

import { isStagecraftError } from '../model/errors.ts'
import type { Review } from '../model/review.ts'
import { readAnswer } from './answer-line.ts'
import { inOrder } from './in-order.ts'
import { unreadable, type Input } from './input-file.ts'
import type { PanelLike } from './panel-like.ts'
import { messageOf } from './printable.ts'
import { readLines, type Line } from './read-lines.ts'

/** What became of one line. */
export type LineEnd =
  | { readonly line: number; readonly review: Review }
  | { readonly line: number; readonly problem: string }
  /** Cut by an interruption before it was done. */
  | { readonly line: number; readonly cancelled: true }

export type RunOptions = {
  readonly panel: PanelLike
  readonly input: Input
  /** Answers reviewed at once. */
  readonly concurrency: number
  /** Ends the run: nothing more is read, and what is under review is cancelled. */
  readonly signal: AbortSignal
  readonly onBytes: (bytes: number) => void
}

/** Results that wait for a slower one before them, for each place of concurrency. */
const HELD_PER_PLACE = 4

/** Throws `cli.usage` when the input fails while it is read, after all that was read has been handed on. */
export async function* reviewRun({
  panel,
  input,
  concurrency,
  signal,
  onBytes,
}: RunOptions): AsyncGenerator<LineEnd> {
  const lines = readLines(input.stream, { signal, onBytes })
  const limits = { concurrentMax: concurrency, heldMax: concurrency * HELD_PER_PLACE }
  try {
    yield* inOrder(lines, (line) => endOf(line, panel, signal), limits)
  } catch (error) {
    throw isStagecraftError(error) ? error : unreadable(input.name, error)
  }
}

async function endOf(line: Line, panel: PanelLike, signal: AbortSignal): Promise<LineEnd> {
  if ('problem' in line) return { line: line.number, problem: line.problem }
  if (signal.aborted) return { line: line.number, cancelled: true }
  const answer = readAnswer(line.text, line.number)
  if ('problem' in answer) return { line: line.number, problem: answer.problem }
  try {
    const review = await panel.review(answer.input, { signal })
    if (signal.aborted && review.cut?.as === 'cancelled') return { line: line.number, cancelled: true }
    return { line: line.number, review }
  } catch (error) {
    if (signal.aborted) return { line: line.number, cancelled: true }
    return { line: line.number, problem: `could not be reviewed: ${messageOf(error)}` }
  }
}
