/** The judge of a simulated world: when all is over, what must have held is looked for in the journals themselves. */

import type { StoredEntry } from '../../src/runtime/store/store.ts'
import type { IsaState, Orchestrator } from '../../src/runtime/index.ts'
import type { SeededRandom } from '../../src/testing/index.ts'
import { ApprovalOracle, decisionProblems, reviewProblems } from './project-approval-oracle.ts'
import { count, type Book } from './project-book.ts'
import type { Disk } from './project-disk.ts'
import { IsaOracle, textIn } from './project-isa-oracle.ts'
import { chainProblems, journalOf, stateHashAfter, toldIn, type Told } from './project-journal.ts'
import { PhaseOracle } from './project-phase-oracle.ts'
import type { LifecycleSpec } from './project-plan.ts'
import { SagaOracle } from './project-saga-oracle.ts'
import type { Witness } from './project-witness.ts'

export class Judge {
  readonly #random: SeededRandom
  readonly #spec: LifecycleSpec
  readonly #disk: Disk
  readonly #witness: Witness
  readonly #book: Book
  readonly #isas = new Map<string, IsaOracle>()

  constructor(random: SeededRandom, spec: LifecycleSpec, disk: Disk, witness: Witness) {
    this.#random = random
    this.#spec = spec
    this.#disk = disk
    this.#witness = witness
    this.#book = witness.book
  }

  /** Nothing that is waited for was due before this time by the host's clock. */
  async judgeTimers(dueBefore: number): Promise<void> {
    const reader = await this.#disk.reader()
    for (const { id, state } of await reader.heads({ kind: 'project', limit: 100 })) {
      const told = await toldIn(reader, await journalOf(reader, id))
      const started = told.findLast(({ type }) => type === 'PHASE_STARTED')
      const { timeoutMs = Infinity } = this.#spec.phases.find(({ name }) => name === state) ?? {}
      if (started && started.at + timeoutMs < dueBefore)
        this.#witness.say(`${id}: the timeout of ${state} is overdue`)
      const asked = told.findLast(({ type }) => type === 'APPROVAL_REQUESTED')
      if (state === 'AWAITING_APPROVAL' && Number(asked?.payload['deadlineAt']) < dueBefore)
        this.#witness.say(`${id}: the deadline of its approval is overdue`)
    }
  }

  /** What the journals say, against all that was shown and promised. */
  async judgeJournals(): Promise<void> {
    await this.#readAnswers()
    const reader = await this.#disk.reader()
    const heads = await reader.heads({ limit: 100 })
    if (this.#book.reviews.length > 0 && !heads.some(({ kind }) => kind === 'review'))
      this.#witness.say('a review was handed out, and is not on record')
    for (const { id, kind } of heads) {
      const say = (sentence: string) => this.#witness.say(`${id}: ${sentence}`)
      const entries = await journalOf(reader, id)
      const told = await toldIn(reader, entries)
      for (const problem of chainProblems(entries)) say(problem)
      this.#judgeShown(id, told)
      this.#tell(told)
      if (kind === 'project') this.#judgeProject(id, told, say)
      else for (const problem of reviewProblems(told, this.#book.reviews)) say(problem)
    }
  }

  /** What an orchestrator says of the past, against what it said then. Let time pass after it. */
  async judgeViews({ projects }: Orchestrator): Promise<void> {
    const reader = await this.#disk.reader()
    for (const { id } of await reader.heads({ kind: 'project', limit: 100 })) {
      const entries = await journalOf(reader, id)
      this.#must('verify', projects.verify(id))
      this.#judgeThen(projects, id, entries)
      this.#judgeIsa(projects, id, entries)
      this.#must('history', projects.history(id), (facts) => {
        if (chain(facts) !== chain(entries))
          this.#witness.say(`${id}: its history is not what its journal holds`)
      })
    }
  }

  /** What people said goes; what happened stays, and can still be checked. Let time pass after it. */
  async judgeErasure({ projects }: Orchestrator): Promise<void> {
    const reader = await this.#disk.reader()
    const [head] = await reader.heads({ kind: 'project', limit: 1 })
    if (!head?.ended || !this.#random.chance(0.3)) return
    const { id } = head
    this.#must('erase', projects.erase(id), () => {
      this.#must('verify', projects.verify(id))
      this.#must('history', projects.history(id), (facts) => {
        count(this.#book.tally, 'erased')
        this.#book.shown.push(...facts)
        if (JSON.stringify(facts).includes(`Make ${id}`))
          this.#witness.say(`${id}: its intent can still be read`)
      })
    })
  }

  /** Nothing that was shown at any time is lost or changed, whatever was done since. */
  async judgeLast(): Promise<void> {
    const reader = await this.#disk.reader()
    for (const { id } of await reader.heads({ limit: 100 }))
      this.#judgeShown(id, await toldIn(reader, await journalOf(reader, id)))
  }

  async #readAnswers(): Promise<void> {
    for (const { sent, id } of this.#book.posted) {
      // Whoever answers makes it of this form.
      const answer = (await this.#disk.answerTo(id)) as { ok: boolean; code?: string } | undefined
      count(this.#book.tally, `answer ${answer?.code ?? 'ok'}`)
      if (sent && answer) sent.heard = answer.ok ? 'ok' : 'refused'
    }
  }

  #judgeShown(id: string, told: readonly Told[]): void {
    for (const { project, seq, hash } of this.#book.shown)
      if (project === id && told[seq - 1]?.hash !== hash)
        this.#witness.say(`${id}: fact ${seq} was shown, and is lost or changed`)
  }

  /** Counts every kind of thing that happened. */
  #tell(told: readonly Told[]): void {
    for (const { type, payload } of told) {
      const why =
        type === 'GATE_ANSWERED'
          ? payload['result']
          : type === 'CONFLICT_DETECTED'
            ? String(payload['id']).replace(/[^:]*$/, '')
            : (payload['reason'] ?? payload['cause'])
      count(this.#book.tally, typeof why === 'string' ? `${type} ${why}` : type)
    }
  }

  #judgeProject(id: string, told: readonly Told[], say: (sentence: string) => void): void {
    const { calls, sent } = this.#book
    const own = calls.filter(({ project }) => project === id)
    const phases = new PhaseOracle(this.#spec, own, say)
    const sagas = new SagaOracle(this.#spec, id, { calls: own, undos: this.#book.undos }, say)
    const decisions = sent.filter(({ project }) => project === id)
    const approvals = new ApprovalOracle(this.#spec, decisions, say)
    const isas = new IsaOracle(this.#spec, own, say)
    this.#isas.set(id, isas)
    for (const [index, one] of told.entries()) {
      phases.hear(one)
      sagas.hear(one)
      isas.hear(one)
      approvals.hear(one, told[index + 1])
    }
    for (const problem of decisionProblems(decisions, told)) say(problem)
    isas.judgeViews(this.#book.views.filter((view) => view.id === id))
    isas.judgeReads(this.#book.isas.filter(({ project }) => project === id))
  }

  #judgeThen(projects: Orchestrator['projects'], id: string, entries: readonly StoredEntry[]): void {
    const view = this.#random.pick(this.#book.views.filter((one) => one.id === id))
    this.#must('at', projects.at(id, entries[view.seq - 1]?.cursor ?? 0), (then) => {
      const [says, was] = [JSON.stringify(then), JSON.stringify(view)]
      if (says !== was)
        this.#witness.say(`${id}: at fact ${view.seq} it was\n${was}\nand now is said to have been\n${says}`)
    })
    const any = this.#random.pick(entries)
    this.#must('at', projects.at(id, any.cursor), ({ seq, hash, stateHash }) => {
      if (seq !== any.seq || hash !== any.hash || stateHash !== stateHashAfter(entries, any.seq))
        this.#witness.say(`${id}: at fact ${any.seq} it is said to have been somewhere else`)
    })
  }

  /** What holds now, and what held at any time. */
  #judgeIsa(projects: Orchestrator['projects'], id: string, entries: readonly StoredEntry[]): void {
    const { seq, cursor } = this.#random.pick(entries.filter(({ stateHash }) => stateHash !== null))
    const must = (isSeq: number, isa: IsaState) => {
      const [is, due] = [textIn(isa), this.#isas.get(id)?.textAt(isSeq)]
      if (is !== due) this.#witness.say(`${id}: after fact ${isSeq} the ISA is\n${is}\nand not\n${due}`)
    }
    this.#must('isa', projects.isa(id), (isa) => must(entries.length, isa))
    this.#must('isa then', projects.isa(id, cursor), (isa) => must(seq, isa))
  }

  /** Now that all is calm, nothing may be refused. */
  #must<T>(what: string, promise: Promise<T>, then?: (value: T) => void): void {
    this.#witness.call(what, promise, then, (code) => this.#witness.say(`${what} is refused: ${code}`))
  }
}

const chain = (entries: readonly { readonly seq: number; readonly hash: string }[]) =>
  entries.map(({ seq, hash }) => `${seq} ${hash}`).join()
