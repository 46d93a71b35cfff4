/** Shows how far a run is, on stderr: a bar on a terminal, otherwise a plain line now and then. */

import type { Io } from './io.ts'

/** How often it is shown, at most. */
const BAR_EVERY_MS = 80
const LINE_EVERY_MS = 5_000
const BAR_WIDTH = 30

const ERASE_LINE = '\r\u001b[2K'

export type Progress = {
  /** `share` is 0 to 1, or undefined when the end is not known. */
  show(answers: number, share: number | undefined): void
  /** Takes the bar off the screen, so that something else can be printed; the next `show` draws it again. */
  clear(): void
}

/** Only ever writes: it leaves the terminal's mode, Ctrl-C and standard input (which may be the answers) alone. */
export function newProgress({ stderr, now }: Pick<Io, 'stderr' | 'now'>): Progress {
  return stderr.isTTY ? barOn(stderr, now) : linesOn(stderr, now)
}

function barOn(stderr: Io['stderr'], now: Io['now']): Progress {
  let shownAt = -Infinity
  let drawn = false
  return {
    show(answers, share) {
      if (now() - shownAt < BAR_EVERY_MS || stderr.writableNeedDrain) return
      shownAt = now()
      drawn = true
      stderr.write(ERASE_LINE + barText(answers, share).slice(0, (stderr.columns ?? 80) - 1))
    },
    clear() {
      if (drawn) stderr.write(ERASE_LINE)
      drawn = false
      shownAt = -Infinity
    },
  }
}

function barText(answers: number, share: number | undefined): string {
  const count = countOf(answers)
  if (share === undefined) return count
  const full = Math.round(share * BAR_WIDTH)
  const bar = '='.repeat(full) + '-'.repeat(BAR_WIDTH - full)
  return `[${bar}] ${Math.floor(share * 100)} %  ${count}`
}

function linesOn(stderr: Io['stderr'], now: Io['now']): Progress {
  let shownAt = now()
  return {
    show(answers, share) {
      if (now() - shownAt < LINE_EVERY_MS || stderr.writableNeedDrain) return
      shownAt = now()
      const part = share === undefined ? '' : `, ${Math.floor(share * 100)} % of the input`
      stderr.write(`${countOf(answers)} reviewed${part}\n`)
    },
    clear() {},
  }
}

const countOf = (answers: number): string =>
  `${answers.toLocaleString('en')} answer${answers === 1 ? '' : 's'}`
