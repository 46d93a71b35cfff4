/** The people of a simulated world: they ask for anything at any time, also for what they may not have. */

import type { ApprovalDecision, Submission } from '../../src/model/approval.ts'
import type { Json } from '../../src/model/canonical.ts'
import { FACT_TYPES, type Fact } from '../../src/model/fact.ts'
import type { Ask } from '../../src/runtime/inbox.ts'
import type { ApprovalView, Orchestrator, ProjectView } from '../../src/runtime/index.ts'
import type { SeededRandom, SteppingClock } from '../../src/testing/index.ts'
import { REVIEW_QUORUM } from './project-approval-oracle.ts'
import { count, type Sent } from './project-book.ts'
import type { Disk } from './project-disk.ts'
import type { Ears } from './project-ears.ts'
import type { Panels } from './project-host.ts'
import { PANEL } from './project-lifecycle.ts'
import { AUTHOR, mayDecide, PEOPLE } from './project-plan.ts'
import { textIn } from './project-isa-oracle.ts'
import type { Witness } from './project-witness.ts'

const REVIEW = 'review-1'

type Parts = {
  readonly random: SeededRandom
  readonly clock: SteppingClock
  readonly disk: Disk
  readonly witness: Witness
  readonly ears: Ears
}

export class People {
  readonly projects: readonly string[]
  readonly #random: SeededRandom
  readonly #clock: SteppingClock
  readonly #disk: Disk
  readonly #witness: Witness
  readonly #ears: Ears
  #requests = 0

  constructor({ random, clock, disk, witness, ears }: Parts) {
    this.#random = random
    this.#clock = clock
    this.#disk = disk
    this.#witness = witness
    this.#ears = ears
    this.projects = ['alpha', 'beta'].slice(0, random.pick([1, 1, 2]))
  }

  /** Somebody does something; what comes of it is heard later. */
  async act(orchestrator: Orchestrator<Panels>): Promise<void> {
    const id = this.#random.chance(0.02) ? 'nobody' : this.#random.pick(this.projects)
    const choice = this.#random.between(0, 99)
    if (choice < 2 || this.#isNew(id)) this.#create(orchestrator, id)
    else if (this.#isEnded(id) && this.#random.chance(0.6)) this.#rollback(orchestrator, id)
    else if (choice < 26) this.#move(orchestrator, id)
    else if (choice < 56) await this.#decide(orchestrator, id)
    else if (choice < 62) this.#rollback(orchestrator, id)
    else if (choice < 78) this.#look(orchestrator, id)
    else if (choice < 84) this.#listen(orchestrator, id)
    else if (choice < 90) this.#review(orchestrator)
    else if (choice < 91) this.#retain(orchestrator)
    else await this.#post(id, this.#anyAsk(id))
  }

  /** Everybody looks at the projects. */
  look({ projects }: Orchestrator): void {
    for (const id of this.projects) this.#witness.ask('get', projects.get(id))
  }

  /** Everybody does what the projects, as they were seen last, ask of them. */
  help(orchestrator: Orchestrator): void {
    for (const id of this.projects) {
      const view = this.#newest(id)
      if (view?.state === 'CREATED' || view?.state === 'PAUSED')
        this.#witness.ask('go', orchestrator.projects.go(id))
      else if (view?.approval) this.#approve(orchestrator, id, view.approval)
    }
  }

  /** As many people as it takes, at once. */
  #approve(orchestrator: Orchestrator, project: string, asked: ApprovalView): void {
    const { id: approval, version, requires, decisions } = asked
    const able = PEOPLE.filter(
      (one) => mayDecide(requires, one) && !decisions.some(({ by }) => by === one.name),
    )
    for (const { name, roles } of able.slice(0, requires.quorum - decisions.length)) {
      const submission = { approval, version, decision: 'APPROVED' as const, by: name, roles: [...roles] }
      const sent: Sent = { project, submission, heard: undefined }
      this.#witness.book.sent.push(sent)
      this.#submit(orchestrator, sent)
    }
  }

  #newest(id: string): ProjectView | undefined {
    return this.#witness.book.views.findLast((view) => view.id === id)
  }

  #isNew(id: string): boolean {
    return !this.#witness.book.shown.some(({ project }) => project === id) && this.#random.chance(0.8)
  }

  #isEnded(id: string): boolean {
    return this.#newest(id)?.ended ?? false
  }

  #create({ projects }: Orchestrator, id: string): void {
    if (id === 'nobody') return
    const options = { id, lifecycle: 'demo', intent: `Make ${id}`, author: AUTHOR, params: { size: 3 } }
    this.#witness.ask('create', projects.create(options))
  }

  #move({ projects }: Orchestrator, id: string): void {
    const choice = this.#random.between(0, 19)
    if (choice < 8) this.#witness.ask('go', projects.go(id))
    else if (choice < 11) this.#witness.ask('run', projects.run(id))
    else if (choice < 15) this.#witness.ask('pause', projects.pause(id))
    else if (choice < 19) this.#witness.ask('resume', projects.resume(id))
    else this.#witness.ask('cancel', projects.cancel(id))
  }

  /** One person, or two at once; on what is open, or on something they remember. */
  async #decide(orchestrator: Orchestrator, id: string): Promise<void> {
    const asked = this.#asked(id)
    if (!asked) return this.#move(orchestrator, id)
    for (let voices = this.#random.pick([1, 1, 2, 3]); voices > 0; voices--) {
      const sent: Sent = { project: id, submission: this.#submission(asked), heard: undefined }
      this.#witness.book.sent.push(sent)
      if (this.#random.chance(0.3)) await this.#post(id, { ask: 'decide', submission: sent.submission }, sent)
      else this.#submit(orchestrator, sent)
    }
  }

  #submit({ projects }: Orchestrator, sent: Sent): void {
    this.#witness.ask(
      'decide',
      projects.submitApproval(sent.project, sent.submission),
      () => {
        sent.heard = 'ok'
      },
      (code) => {
        if (code.startsWith('approval.')) sent.heard = 'refused'
      },
    )
  }

  /** The question that is open, as far as one has heard; now and then one that is not. */
  #asked(id: string): Fact | undefined {
    const facts = [...this.#witness.book.facts.values()].filter(({ project }) => project === id)
    const asked = facts.filter(({ type }) => type === 'APPROVAL_REQUESTED')
    if (this.#random.chance(0.1)) return asked[this.#random.between(0, 3)]
    const newest = facts.findLast(({ type }) => type !== 'APPROVAL_RECEIVED')
    return newest?.type === 'APPROVAL_REQUESTED' ? newest : undefined
  }

  #submission({ payload }: Fact): Submission {
    const { approval, version, subjectHash } = payload as {
      approval: string
      version: number
      subjectHash: string
    }
    const { name, roles } = this.#random.pick(PEOPLE)
    const decision: ApprovalDecision = this.#random.pick([
      ...Array<'APPROVED'>(8).fill('APPROVED'),
      'REJECTED',
      'REJECTED',
      'PLAN_ONLY',
    ] as const)
    return {
      approval,
      version: this.#random.chance(0.05) ? version + 1 : version,
      decision,
      by: name,
      roles: this.#random.chance(0.9) ? [...roles] : [],
      comment: `${name} thinks so`,
      ...(this.#random.chance(0.3) && { subjectHash: this.#random.chance(0.9) ? subjectHash : 'of another' }),
    }
  }

  #rollback({ projects }: Orchestrator, id: string): void {
    this.#witness.ask('rollback', projects.rollback(id, this.#checkpoint(id)))
  }

  #checkpoint(id: string): string {
    const taken = [...this.#witness.book.facts.values()].flatMap(({ project, type, payload }) =>
      project === id && type === 'CHECKPOINT_CREATED' ? [(payload as { checkpoint: string }).checkpoint] : [],
    )
    return taken.length > 0 && this.#random.chance(0.95) ? this.#random.pick(taken) : 'P9-9'
  }

  #look({ projects }: Orchestrator, id: string): void {
    const witness = this.#witness
    switch (this.#random.between(0, 9)) {
      case 0:
        return witness.call(
          'history',
          projects.history(id, this.#random.chance(0.5) ? {} : { limit: 2 }),
          (facts) => this.#witness.book.shown.push(...facts),
        )
      case 1:
        return witness.call('verify', projects.verify(id))
      case 2:
        return witness.call('at', projects.at(id, this.#random.between(0, 60)), ({ seq, hash }) =>
          this.#witness.book.shown.push({ project: id, seq, hash }),
        )
      case 3:
        return witness.call('checkpoints', projects.checkpoints(id))
      case 4:
        return witness.call(
          'list',
          projects.list(this.#random.chance(0.5) ? { ended: false } : {}),
          (heads) => {
            if (heads.length > this.projects.length)
              this.#witness.book.problems.push('the list has too many projects')
          },
        )
      case 5:
        return witness.ask('settled', projects.settled(id))
      case 6:
        return this.#readIsa(projects, id)
      default:
        return witness.ask('get', projects.get(id))
    }
  }

  #readIsa(projects: Orchestrator['projects'], id: string): void {
    const afterSeq = this.#newest(id)?.seq ?? 0
    this.#witness.call('isa', projects.isa(id), (isa) =>
      this.#witness.book.isas.push({
        project: id,
        afterSeq,
        untilCursor: this.#disk.cursor,
        text: textIn(isa),
      }),
    )
  }

  #listen(orchestrator: Orchestrator, id: string): void {
    this.#ears.overhear(orchestrator, {
      ...(this.#random.chance(0.5) && { project: id }),
      ...(this.#random.chance(0.5) && { after: this.#random.between(0, this.#ears.heard) }),
      ...(this.#random.chance(0.3) && { types: FACT_TYPES.filter(() => this.#random.chance(0.3)) }),
      queueMax: this.#random.pick([1, 2, 10, 1_000]),
    })
  }

  #retain(orchestrator: Orchestrator<Panels>): void {
    this.#witness.call(
      'retain',
      orchestrator.retain({ checkpointsMax: this.#random.between(0, 2) }),
      ({ checkpoints }) => {
        if (checkpoints > 0) count(this.#witness.book.tally, 'checkpoints dropped')
      },
    )
  }

  #review(orchestrator: Orchestrator<Panels>): void {
    const { reviews } = orchestrator
    const submission = this.#reviewSubmission()
    switch (this.#random.between(0, 3)) {
      case 0: {
        const input = { id: REVIEW, prompt: 'q', response: 'a', context: {} }
        const record = this.#random.pick(['input', 'hash'] as const)
        const approval = { quorum: REVIEW_QUORUM, deadlineMs: 20_000 }
        const asking = orchestrator.review(PANEL, input, { record, approval })
        return this.#witness.call('review', asking, ({ auditHash }) =>
          this.#witness.book.reviews.push(auditHash),
        )
      }
      case 1:
      case 2:
        return this.#witness.call('release', reviews.submitApproval(REVIEW, submission))
      default:
        return this.#witness.call('read review', reviews.get(REVIEW))
    }
  }

  #reviewSubmission(): Submission {
    const decision = this.#random.pick(['APPROVED', 'APPROVED', 'APPROVED', 'REJECTED'] as const)
    return { approval: 'approval-1', version: 1, decision, by: this.#random.pick(PEOPLE).name }
  }

  #anyAsk(id: string): Json {
    const ask: Ask = this.#random.pick<Ask>([
      { ask: 'run' },
      { ask: 'run' },
      { ask: 'pause' },
      { ask: 'resume' },
      { ask: 'resume' },
      { ask: 'cancel' },
      { ask: 'rollback', checkpoint: this.#checkpoint(id) },
      { ask: 'release', submission: this.#reviewSubmission() },
    ])
    return this.#random.chance(0.1) ? { ask: 'dance' } : (ask as unknown as Json)
  }

  async #post(project: string, body: unknown, sent?: Sent): Promise<void> {
    this.#requests += 1
    const id = `request-${this.#requests}`
    this.#witness.book.posted.push({ id, project, sent })
    await this.#disk.post({ id, journal: project, at: this.#clock.now(), body: body as Json })
  }
}
