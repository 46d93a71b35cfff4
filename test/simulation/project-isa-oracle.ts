/** What must hold of a project's ISA: it is what the phases that count have set, and every change of it is told. */

import { canonicalJson } from '../../src/model/canonical.ts'
import type { IsaState, ProjectView } from '../../src/runtime/index.ts'
import type { Call, IsaRead } from './project-book.ts'
import type { Told } from './project-journal.ts'
import type { LifecycleSpec } from './project-plan.ts'
import { changedIn, copyFor, hasChanged, mergedOf, plain, staleIn } from './project-values.ts'
import type { Doing, Values } from './project-values.ts'

type Must = (holds: boolean, sentence: string) => void

/** What holds from some fact on. */
type Held = { readonly revision: number; readonly values: Values }
type HeldFrom = Held & { readonly seq: number; readonly cursor: number }

const NOTHING: Held = { revision: 0, values: new Map() }

type Left = ReadonlyMap<string, Held>

export class IsaOracle {
  readonly #spec: LifecycleSpec
  readonly #calls: readonly Call[]
  readonly #say: (sentence: string) => void
  /** What each phase that is done has left. */
  #left: Left = new Map()
  readonly #checkpoints = new Map<string, { readonly held: Held; readonly left: Left }>()
  /** What must hold now. */
  #due: Held = NOTHING
  /** What the facts say that holds, as text. */
  #told = textOf(NOTHING)
  #toldRevision = 0
  #phase = ''
  #run = 0
  /** What the present run found. */
  #base: Held = NOTHING
  /** Tasks of the present run that have succeeded, and what they did. */
  #done = new Map<string, Call>()
  /** From its start until the run is over, or people are asked about it. */
  #isRunning = false
  #isLost = false
  readonly #conflicts = new Map<string, Set<string>>()
  readonly #history: HeldFrom[] = []

  constructor(spec: LifecycleSpec, calls: readonly Call[], say: (sentence: string) => void) {
    this.#spec = spec
    this.#calls = calls
    this.#say = say
  }

  hear(told: Told): void {
    const must = (holds: boolean, sentence: string) => {
      if (!holds) this.#say(`${told.seq} ${told.type}: ${sentence}`)
    }
    this.#hear(told, must)
    if (!told.isSettled) return
    const due = textOf(this.#due)
    must(this.#told === due, `the ISA must be\n${due}\nand is told to be\n${this.#told}`)
    this.#history.push({ ...this.#due, seq: told.seq, cursor: told.cursor })
  }

  #hear(told: Told, must: Must): void {
    const { type, payload } = told
    const phase = String(payload['phase'])
    switch (type) {
      case 'PHASE_STARTED':
        return this.#hearStart(phase, Number(payload['run']), must)
      case 'AGENT_COMPLETED':
        return this.#hearCompleted(payload, must)
      case 'AGENT_FAILED':
        return must(payload['values'] === undefined, 'has values')
      case 'ISA_UPDATED':
        return this.#hearUpdated(told, must)
      case 'ISA_ROLLED_BACK':
        return this.#hearIsa(payload, must)
      case 'CONFLICT_DETECTED':
        this.#known(phase).add(String(payload['id']))
        return
      case 'CONFLICT_RESOLVED':
        this.#known(phase).delete(String(payload['id']))
        return
      case 'APPROVAL_REQUESTED':
        // People are asked about the run, and not about what cannot be undone.
        if (this.#isRunning) this.#count(must)
        this.#isRunning = false
        return
      case 'CHECKPOINT_CREATED':
        this.#checkpoints.set(String(payload['checkpoint']), { held: this.#due, left: this.#left })
        return
      default:
        return this.#hearEnd(told, phase, must)
    }
  }

  #hearEnd({ type, payload }: Told, phase: string, must: Must): void {
    switch (type) {
      case 'PHASE_COMPLETED':
        if (this.#isRunning) this.#count(must)
        this.#left = new Map([...this.#left, [phase, this.#due]])
        break
      case 'PHASE_RETRYING':
      case 'PHASE_FAILED':
        if (this.#isRunning && !UNMERGED.includes(String(payload['cause']))) this.#mustKnowConflicts(must)
        this.#due = this.#before(phase)
        break
      case 'PHASE_LOOPED_BACK':
        this.#mustKnowConflicts(must)
        this.#goBack(String(payload['to']))
        break
      case 'PROJECT_ROLLED_BACK': {
        const { held, left } = this.#checkpoints.get(String(payload['checkpoint'])) ?? {}
        this.#due = held ?? NOTHING
        this.#left = left ?? new Map()
        this.#isLost = false
        break
      }
      case 'PROJECT_PAUSED':
        if (payload['reason'] === 'irreversible' && this.#isLost) this.#goBack(phase)
        if (payload['reason'] === 'irreversible') this.#isLost = false
        return
      case 'COMPENSATION_STARTED':
        this.#isLost = true
        break
      case 'PROJECT_CANCELLED':
        this.#due = this.#before(phase)
        this.#isLost = false
        break
      case 'PROJECT_FAILED':
        this.#isLost = false
        break
      case 'PHASE_HALTED':
      case 'COMPENSATION_IRREVERSIBLE':
        break
      default:
        return
    }
    this.#isRunning = false
  }

  #hearStart(phase: string, run: number, must: Must): void {
    const [before, due] = [textOf(this.#before(phase)), textOf(this.#due)]
    must(before === due, `the phases before it have left\n${before}\nand it begins with\n${due}`)
    if (run !== this.#run) this.#done = new Map()
    this.#phase = phase
    this.#run = run
    this.#base = this.#due
    this.#isRunning = true
    this.#isLost = false
  }

  #hearCompleted({ task, output, values }: Told['payload'], must: Must): void {
    const text = JSON.stringify(output)
    const call = this.#calls.find(({ gave }) => gave === text)
    if (!call) return
    this.#done.set(String(task), call)
    const [all, base] = [this.#doings(), this.#base.values]
    const doing = all.find((one) => one.task === task)
    if (!doing) return
    const copy = canonicalJson(plain(copyFor(base, doing, all, this.#run)))
    must(call.saw === undefined || call.saw === copy, `${String(task)} saw\n${call.saw}\nand not\n${copy}`)
    const has = hasChanged(base, doing, all, this.#run)
    must((values !== undefined) === has, has ? 'its values are forgotten' : 'it has set nothing')
  }

  #hearUpdated({ payload }: Told, must: Must): void {
    must(this.#isRunning && payload['phase'] === this.#phase, 'no run of the phase is under way')
    const { values } = mergedOf(this.#base.values, this.#doings(), this.#run)
    const { changed, removed } = payload['changes'] as { changed: unknown; removed: unknown }
    const expected = JSON.stringify(changedIn(this.#base.values, values))
    must(
      JSON.stringify(changed) === expected,
      `says ${JSON.stringify(changed)} have changed, not ${expected}`,
    )
    must(JSON.stringify(removed) === '[]', 'nobody removes anything')
    this.#hearIsa(payload, must)
  }

  #hearIsa(payload: Told['payload'], must: Must): void {
    // Whoever makes these facts makes them of a revision; there is no state where there are no values.
    const { from, revision, state } = payload as { from: number; revision: number; state?: IsaState }
    must(from === this.#toldRevision, `comes from revision ${from}, not ${this.#toldRevision}`)
    this.#toldRevision = revision
    const now = textIn({ revision, nodes: state?.nodes ?? {} })
    must(now !== this.#told, 'nothing has changed')
    must(state === undefined || state.revision === revision, 'is not of its own revision')
    this.#told = now
  }

  /** The run passes, or is put before people: what its tasks have set counts. */
  #count(must: Must): void {
    this.#mustKnowConflicts(must)
    const { values } = mergedOf(this.#base.values, this.#doings(), this.#run)
    if (changedIn(this.#base.values, values).length > 0)
      this.#due = { revision: this.#base.revision + 1, values }
  }

  #mustKnowConflicts(must: Must): void {
    const { conflicts } = mergedOf(this.#base.values, this.#doings(), this.#run)
    const known = [...this.#known(this.#phase)].filter((id) => id.startsWith('isa:')).toSorted()
    const [are, told] = [conflicts.join(', '), known.join(', ')]
    must(are === told, `there are the conflicts "${are}", and "${told}" are told of`)
  }

  /** To where a phase begins: it, and those after it, are not done any more. */
  #goBack(phase: string): void {
    this.#due = this.#before(phase)
    const before = this.#namesBefore(phase)
    this.#left = new Map([...this.#left].filter(([name]) => before.includes(name)))
  }

  #before(phase: string): Held {
    const latest = this.#namesBefore(phase).findLast((name) => this.#left.has(name))
    return (latest !== undefined && this.#left.get(latest)) || NOTHING
  }

  #namesBefore(phase: string): readonly string[] {
    const names = this.#spec.phases.map(({ name }) => name)
    return names.slice(0, names.indexOf(phase))
  }

  #doings(): readonly Doing[] {
    const { tasks = [] } = this.#spec.phases.find(({ name }) => name === this.#phase) ?? {}
    return tasks.flatMap(({ name, dependsOn }) => {
      const call = this.#done.get(name)
      return call ? [{ task: name, dependsOn, deeds: call.deeds }] : []
    })
  }

  #known(phase: string): Set<string> {
    const known = this.#conflicts.get(phase) ?? new Set()
    this.#conflicts.set(phase, known)
    return known
  }

  /** What people were shown of the ISA, against what held then. */
  judgeViews(views: readonly ProjectView[]): void {
    for (const { seq, isa } of views) {
      const held = this.#history.findLast((one) => one.seq <= seq) ?? NOTHING
      const says = `${isa?.revision ?? 0}: ${isa?.nodes ?? 0} nodes, ${isa?.stale ?? 0} stale`
      const was = `${held.revision}: ${held.values.size} nodes, ${staleIn(held.values)} stale`
      if (says !== was) this.#say(`at fact ${seq} the ISA was shown as revision ${says}; it was ${was}`)
    }
  }

  /** What was read of the ISA, against what held at any time while it was read. */
  judgeReads(reads: readonly IsaRead[]): void {
    for (const { afterSeq, untilCursor, text } of reads) {
      const from = this.#history.findLastIndex(({ seq }) => seq <= afterSeq)
      const held = this.#history.slice(Math.max(0, from)).filter(({ cursor }) => cursor <= untilCursor)
      if (![NOTHING, ...held].slice(from < 0 ? 0 : 1).some((one) => textOf(one) === text))
        this.#say(`after fact ${afterSeq} the ISA was read as\n${text}\nwhich it never was`)
    }
  }

  /** Right after a fact; those that were decided together hold together. */
  textAt(seq: number): string {
    return textOf(this.#history.findLast((one) => one.seq <= seq) ?? NOTHING)
  }
}

const textOf = ({ revision, values }: Held): string => textIn({ revision, nodes: plain(values) })

/** The same for the same ISA. */
export const textIn = ({ revision, nodes }: IsaState): string => `${revision} ${canonicalJson(nodes)}`

/** How a run fails before what its tasks have set was put together. */
const UNMERGED: readonly string[] = ['phase_timeout', 'task_failed', 'values_failed']
