/** A fact on one line: cursor, time, type, and the gist of what it says. */

import type { Json } from '../../model/canonical.ts'
import type { Fact, FactType } from '../../model/fact.ts'
import { printable } from '../printable.ts'
import { lasted, stamp } from './time-text.ts'

/** What a fact says. Any of it may be missing, erased, or of another version of the package. */
type Said = { readonly [key: string]: Json | undefined }
type Gist = (said: Said) => string

export function factText({ cursor, at, type, payload }: Fact): string {
  const gist = printable(gistOf(type, saidIn(payload)))
  return `${String(cursor).padStart(6)}  ${stamp(at)}  ${type.padEnd(19)}  ${gist}`.trimEnd()
}

/** The same without cursor and date, for who watches it happen. */
export function newsText({ type, payload }: Fact): string {
  return `${type.padEnd(19)}  ${printable(gistOf(type, saidIn(payload)))}`.trimEnd()
}

const saidIn = (payload: Json): Said =>
  typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? (payload as Said) : {}

const gistOf = (type: FactType, said: Said): string => (GISTS[type] ?? everything)(said)

const text = (value: Json | undefined): string => {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map((item: Json) => text(item)).join(', ')
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** Parts that say something, with commas. */
const listed = (...parts: readonly (string | undefined | false)[]): string => parts.filter(Boolean).join(', ')

/** `because: this`, or nothing. */
const after = (start: string, value: Json | undefined): string =>
  text(value) === '' ? start : `${start}: ${text(value)}`

const run: Gist = ({ phase, run: number, iteration }) =>
  listed(
    `${text(phase)} run ${text(number)}`,
    typeof iteration === 'number' && iteration > 1 && `iteration ${iteration}`,
  )

const phaseEnd: Gist = (said) => after(run(said), said['cause'])

const standstill: Gist = ({ phase, reason }) => listed(text(phase), text(reason))

const task = ({ phase, task: name }: Said) => `${text(phase)}/${text(name)}`

/** What is undone of a phase: one of its tasks, or what it did itself. */
const step: Gist = (said) => (said['task'] === undefined ? text(said['phase']) : task(said))

const attempts = ({ attempts: count }: Said) =>
  typeof count === 'number' && count > 1 && `after ${count} attempts`

const took = ({ durationMs }: Said) => typeof durationMs === 'number' && `in ${lasted(durationMs)}`

const question = ({ approval, version }: Said) => `${text(approval)} version ${text(version)}`

const decision: Gist = (said) => {
  const { decision: word, by, roles, comment } = said
  const who = listed(text(by), text(roles) !== '' && `as ${text(roles)}`)
  return after(`${text(word)} by ${who} on ${question(said)}`, comment)
}

const failure: Gist = (said) => {
  const { status, error } = said
  const { code, message } = saidIn(error ?? null)
  return after(listed(`${task(said)} ${text(status)}`, attempts(said), took(said)), message ?? code)
}

const review: Gist = ({ phase, panel, verdict }) => listed(text(phase), text(panel), text(verdict))

const everything: Gist = (said) =>
  listed(...Object.entries(said).map(([name, value]) => text(value) !== '' && `${name} ${text(value)}`))

const GISTS: { readonly [Type in FactType]?: Gist } = {
  PROJECT_CREATED: ({ lifecycle, version, mode, author, intent }) =>
    after(
      listed(
        `${text(lifecycle)} version ${text(version)}`,
        `mode ${text(mode)}`,
        text(author) !== '' && `by ${text(author)}`,
      ),
      intent,
    ),
  PROJECT_PAUSED: standstill,
  PROJECT_FAILED: standstill,
  PROJECT_RESUMED: standstill,
  PROJECT_PLANNED: standstill,
  PROJECT_CANCELLED: standstill,
  PROJECT_ROLLED_BACK: ({ checkpoint }) => `to ${text(checkpoint)}`,
  PROJECT_MIGRATED: ({ from, to }) => `from version ${text(from)} to ${text(to)}`,
  PHASE_STARTED: run,
  PHASE_COMPLETED: phaseEnd,
  PHASE_FAILED: phaseEnd,
  PHASE_RETRYING: (said) => listed(run(said), text(said['because'])),
  PHASE_LOOPED_BACK: (said) => `${run(said)}, back to ${text(said['to'])}`,
  PHASE_HALTED: run,
  GATE_ANSWERED: (said) =>
    after(
      listed(
        run(said),
        text(said['result']),
        text(said['loopbackTo']) !== '' && `to ${text(said['loopbackTo'])}`,
      ),
      said['reason'] ?? said['failure'],
    ),
  LIMIT_REACHED: ({ phase, limit, value }) => `${text(limit)} ${text(value)} in ${text(phase)}`,
  APPROVAL_REQUESTED: (said) => {
    const { phase, deadlineAt } = said
    return listed(
      `${question(said)} on ${text(phase)}`,
      typeof deadlineAt === 'number' && `by ${stamp(deadlineAt)}`,
    )
  },
  APPROVAL_RECEIVED: decision,
  APPROVAL_WITHDRAWN: question,
  APPROVAL_TIMEOUT: question,
  AGENT_STARTED: (said) => `${task(said)} attempt ${text(said['attempt'])}`,
  AGENT_RETRY: (said) => after(`${task(said)} attempt ${text(said['attempt'])}`, said['after']),
  AGENT_PROGRESS: (said) =>
    after(
      listed(task(said), typeof said['fraction'] === 'number' && `${Math.round(said['fraction'] * 100)} %`),
      said['message'],
    ),
  AGENT_COMPLETED: (said) => listed(task(said), attempts(said), took(said)),
  AGENT_FAILED: failure,
  AGENT_CANCELLED: task,
  AGENT_SKIPPED: (said) => after(task(said), said['because']),
  CHECKPOINT_CREATED: ({ checkpoint }) => text(checkpoint),
  CONFLICT_DETECTED: ({ phase, id, between, message }) =>
    after(`${text(phase)} ${text(id)} between ${text(between)}`, message),
  REVIEW_RECORDED: review,
  CRITIC_ALERT: review,
  COMPENSATION_STARTED: (said) => after(step(said), said['after']),
  COMPENSATION_COMPLETED: step,
  COMPENSATION_FAILED: (said) => after(step(said), said['message']),
  COMPENSATION_IRREVERSIBLE: step,
}
