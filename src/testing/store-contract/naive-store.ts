/** The most naive store one can think of, to compare others with: lists, and everything done the long way. */

import type { Json } from '../../model/canonical.ts'
import { StagecraftError } from '../../model/errors.ts'
import type {
  Answer,
  Checkpoint,
  Command,
  JournalRecord,
  Request,
  Step,
  StoredEntry,
} from '../../runtime/store/store.ts'

type State = {
  cursor: number
  records: JournalRecord[]
  removed: string[]
  entries: StoredEntry[]
  contents: { journal: string; ref: string; value: Json }[]
  commands: Command[]
  checkpoints: Checkpoint[]
  requests: Request[]
  answers: Answer[]
}

export class NaiveStore {
  state: State = {
    cursor: 0,
    records: [],
    removed: [],
    entries: [],
    contents: [],
    commands: [],
    checkpoints: [],
    requests: [],
    answers: [],
  }

  commit(steps: readonly Step[]): readonly number[] {
    const before = structuredClone(this.state)
    try {
      return steps.map((step) => this.#take(structuredClone(step)))
    } catch (error) {
      this.state = before
      throw error
    }
  }

  post(request: Request): void {
    const { requests, answers } = this.state
    if (![...requests, ...answers].some(({ id }) => id === request.id)) requests.push(request)
  }

  answer(answers: readonly Answer[]): void {
    for (const answer of answers) {
      this.state.requests = this.state.requests.filter(({ id }) => id !== answer.id)
      if (!this.state.answers.some(({ id }) => id === answer.id)) this.state.answers.push(answer)
    }
  }

  forgetAnswers(before: number): void {
    this.state.answers = this.state.answers.filter(({ at }) => at >= before)
  }

  remove(journal: string): void {
    const record = this.state.records.find(({ id }) => id === journal)
    refuseUnless(record?.ended === true)
    const isOther = (part: { journal: string }) => part.journal !== journal
    this.state = {
      ...this.state,
      records: this.state.records.filter(({ id }) => id !== journal),
      removed: [...this.state.removed, journal],
      entries: this.state.entries.filter(isOther),
      contents: this.state.contents.filter(isOther),
      commands: this.state.commands.filter(isOther),
      checkpoints: this.state.checkpoints.filter(isOther),
    }
  }

  #take({ journal, expectedSeq, record, entries, contents, erases, ...step }: Step): number {
    const { state } = this
    const known = state.records.find(({ id }) => id === journal)
    refuseUnless((known?.seq ?? 0) === expectedSeq && !state.removed.includes(journal))
    const { kind, createdAt, salt } = known ?? record
    state.records = state.records.filter((other) => other !== known)
    state.records.push({ ...record, kind, createdAt, salt: erases ? null : salt })
    const first = state.cursor + 1
    for (const entry of entries) state.entries.push({ cursor: (state.cursor += 1), ...entry })
    for (const { ref, value } of contents)
      if (!state.contents.some((content) => content.journal === journal && content.ref === ref))
        state.contents.push({ journal, ref, value })
    if (erases) state.contents = state.contents.filter((content) => content.journal !== journal)
    this.#takeCommands(step)
    this.#takeCheckpoints(journal, step)
    this.answer(step.answers)
    return first
  }

  #takeCommands({ closes, opens }: Pick<Step, 'closes' | 'opens'>): void {
    this.state.commands = this.state.commands.filter(({ key }) => !closes.includes(key))
    for (const command of opens) {
      refuseUnless(!this.state.commands.some(({ key }) => key === command.key))
      this.state.commands.push(command)
    }
  }

  #takeCheckpoints(journal: string, { drops, checkpoints }: Pick<Step, 'drops' | 'checkpoints'>): void {
    const isKept = (checkpoint: Checkpoint) =>
      checkpoint.journal !== journal || !drops.includes(checkpoint.id)
    this.state.checkpoints = this.state.checkpoints.filter(isKept)
    for (const checkpoint of checkpoints) {
      refuseUnless(
        !this.state.checkpoints.some(({ id, ...of }) => of.journal === journal && id === checkpoint.id),
      )
      this.state.checkpoints.push(checkpoint)
    }
  }
}

function refuseUnless(holds: boolean): void {
  if (!holds) throw new StagecraftError('store.conflict', 'The naive store refuses this.')
}
