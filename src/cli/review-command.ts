/** `stagecraft review`: puts every answer of a file before a panel. */

import { resolve } from 'node:path'
import { StagecraftError, isStagecraftError } from '../model/errors.ts'
import { answerText } from './answer-text.ts'
import { EXIT, exitCodeOf } from './exit-code.ts'
import { openInput } from './input-file.ts'
import { onInterruption } from './interruption.ts'
import type { Io } from './io.ts'
import { loadPanel } from './load-panel.ts'
import { openOutFile, sameFile, type OutFile } from './out-file.ts'
import type { PanelLike } from './panel-like.ts'
import { messageOf, printable } from './printable.ts'
import { newProgress, type Progress } from './progress.ts'
import { resultLine } from './result-line.ts'
import { reviewRun, type LineEnd } from './review-run.ts'
import { quietSinkOf, type Sink } from './sink.ts'
import { newSummary, type Summary } from './summary.ts'

export type ReviewOptions = {
  /** A path, or `-` for standard input. */
  readonly answers: string
  readonly panel: string
  readonly out?: string
  /** Answers reviewed at once, from 1. */
  readonly concurrency: number
}

/** Resolves with the exit code. Throws StagecraftError for what is wrong before the first answer is reviewed. */
export async function reviewCommand(options: ReviewOptions, io: Io): Promise<number> {
  const panel = await loadPanel(options.panel, io.cwd)
  try {
    return await reviewWith(panel, options, io)
  } finally {
    await disposeOf(panel, io)
  }
}

/** The same with a panel that is already there. */
export async function reviewWith(
  panel: PanelLike,
  options: Omit<ReviewOptions, 'panel'>,
  io: Io,
): Promise<number> {
  const path = options.answers === '-' ? '-' : resolve(io.cwd, options.answers)
  const outPath = options.out === undefined ? undefined : resolve(io.cwd, options.out)
  const input = await openInput(path, io)
  try {
    if (outPath !== undefined && (await sameFile(path, outPath)))
      throw new StagecraftError(
        'cli.usage',
        `--out ${outPath} is the file of answers itself. Name another file.`,
      )
    const out = outPath === undefined ? undefined : await openOutFile(outPath)
    return await carryThrough({ panel, input, concurrency: options.concurrency, out, io })
  } finally {
    input.stream.destroy()
  }
}

type Work = {
  readonly panel: PanelLike
  readonly input: Awaited<ReturnType<typeof openInput>>
  readonly concurrency: number
  readonly out: OutFile | undefined
  readonly io: Io
}

async function carryThrough({ panel, input, concurrency, out, io }: Work): Promise<number> {
  const ending = new AbortController()
  const interruption = onInterruption(io, () => ending.abort(new Error('interrupted')))
  // Without --out the lines on stdout are all there is: when their reader leaves, the run ends.
  const stdout = quietSinkOf(io.stdout, () => out ?? ending.abort(new Error('nobody reads the results')))
  const stderr = quietSinkOf(io.stderr)
  const summary = newSummary()
  const progress = newProgress(io)
  const report = newReport({ out, stdout, stderr, summary, progress })
  const startedAt = io.now()
  let bytes = 0
  try {
    const onBytes = (more: number) => void (bytes += more)
    for await (const end of reviewRun({ panel, input, concurrency, signal: ending.signal, onBytes })) {
      await report.line(end)
      progress.show(summary.answers, input.bytes ? bytes / input.bytes : undefined)
    }
    if (summary.answers + summary.problems === 0 && !ending.signal.aborted)
      await report.problem(
        `${input.name} holds no answers. Write one JSON object a line: { "prompt": …, "response": … }`,
      )
  } catch (error) {
    ending.abort(error)
    await report.problem(messageOf(error))
    if (!isStagecraftError(error)) throw error
  } finally {
    await out?.close().catch((error: unknown) => report.problem(messageOf(error)))
    progress.clear()
    interruption.release()
  }
  const interrupted = interruption.by !== undefined
  await stdout.write(`${summary.text({ elapsedMs: io.now() - startedAt, interrupted })}\n`)
  stdout.release()
  stderr.release()
  const { problems, refused } = summary
  return exitCodeOf({ interruptedBy: interruption.by, problems, refused })
}

type Ways = { out: OutFile | undefined; stdout: Sink; stderr: Sink; summary: Summary; progress: Progress }

/** Sends what became of a line to where it belongs. */
function newReport({ out, stdout, stderr, summary, progress }: Ways) {
  const problem = async (text: string) => {
    summary.addProblem()
    progress.clear()
    await stderr.write(`stagecraft: ${printable(text)}\n`)
  }
  return {
    problem,
    async line(end: LineEnd): Promise<void> {
      if ('problem' in end) return problem(`line ${end.line} ${end.problem}`)
      if ('cancelled' in end) return summary.addCancelled()
      await out?.write(resultLine(end.line, end.review))
      summary.add(end.review)
      if (out || end.review.verdict === 'allow') return
      progress.clear()
      await stdout.write(`${answerText(end.review)}\n`)
    },
  }
}

async function disposeOf(panel: PanelLike, io: Io): Promise<void> {
  try {
    await panel[Symbol.asyncDispose]?.()
  } catch (error) {
    io.stderr.write(`stagecraft: the panel could not be disposed of: ${printable(messageOf(error))}\n`)
  }
}

export const reviewExits = `exit code: ${EXIT.ok} everything was allowed, ${EXIT.refused} something was denied or escalated,
           ${EXIT.wrong} wrong usage or input, ${EXIT.interrupted} Ctrl-C, ${EXIT.terminated} SIGTERM`
