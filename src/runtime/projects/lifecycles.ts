/** The lifecycles an orchestrator knows, by name and version, with the charts behind them. */

import type { AnyStateMachine } from 'xstate'
import { approvalMachine } from '../../machines/approval.ts'
import { phaseMachine } from '../../machines/phase.ts'
import { recordedReviewMachine } from '../../machines/recorded-review.ts'
import { sagaMachine } from '../../machines/saga.ts'
import { hashOf } from '../../model/canonical.ts'
import { StagecraftError } from '../../model/errors.ts'
import type { Interpreter } from '../../model/interpreter.ts'
import type { ProjectContext } from '../../model/project.ts'
import { rootContext } from '../engine/journal-step.ts'
import { stepped } from '../interpreter.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { JournalRecord, LiveVersion, StoreReader } from '../store/store.ts'

type Of = Pick<JournalRecord, 'lifecycle' | 'version'>

/** Charts that every lifecycle shares. */
const SHARED: Readonly<Record<string, AnyStateMachine>> = {
  phase: phaseMachine,
  saga: sagaMachine,
  approval: approvalMachine,
  'recorded-review': recordedReviewMachine,
}

export class Lifecycles {
  readonly #interpreter: Interpreter | undefined
  readonly #planHashes = new Map<Lifecycle, string>()
  readonly #lifecycles = new Map<string, Map<number, Lifecycle>>()

  /** Throws `orchestrator.invalid` for two of the same name and version. */
  constructor(lifecycles: readonly Lifecycle[], interpreter?: Interpreter) {
    this.#interpreter = interpreter
    for (const lifecycle of lifecycles) {
      const versions = this.#lifecycles.get(lifecycle.name) ?? new Map<number, Lifecycle>()
      if (versions.has(lifecycle.version))
        throw new StagecraftError(
          'orchestrator.invalid',
          `Two lifecycles are called "${lifecycle.name}" version ${lifecycle.version}. Give the changed one another version.`,
        )
      this.#lifecycles.set(lifecycle.name, versions.set(lifecycle.version, lifecycle))
    }
  }

  find({ lifecycle, version }: Of): Lifecycle | undefined {
    return this.#lifecycles.get(lifecycle)?.get(version)
  }

  /** Throws `lifecycle.unknown`. */
  of(record: Of): Lifecycle {
    const found = this.find(record)
    if (found) return found
    throw new StagecraftError(
      'lifecycle.unknown',
      `Lifecycle "${record.lifecycle}" version ${record.version} is not registered. Registered are: ${this.#names()}.`,
    )
  }

  /** The newest version, or the one asked for. Throws `lifecycle.unknown`. */
  newest(lifecycle: string, version?: number): Lifecycle {
    const versions = [...(this.#lifecycles.get(lifecycle)?.keys() ?? [])]
    return this.of({ lifecycle, version: version ?? Math.max(1, ...versions) })
  }

  /** The lifecycle a project lives by. Throws `lifecycle.unknown`, and `lifecycle.changed` when it is no longer the same. */
  unchanged(record: JournalRecord): Lifecycle {
    const lifecycle = this.of(record)
    if (!this.#isChanged(record)) return lifecycle
    throw changed([record])
  }

  /** Throws `lifecycle.changed`, naming projects of the store whose lifecycle is no longer the same. */
  async refuseChanged(store: StoreReader): Promise<void> {
    const live = (await store.liveVersions()).filter(({ kind }) => kind === 'project')
    const records = await Promise.all(live.flatMap(({ ids }) => ids.map((id) => store.record(id))))
    const strange = records.flatMap((record) => (record && this.#isChanged(record) ? [record] : []))
    if (strange.length > 0) throw changed(strange)
  }

  #isChanged(record: JournalRecord): boolean {
    const lifecycle = this.find(record)
    const { planHash } = rootContext(record) as Partial<ProjectContext>
    if (!lifecycle || planHash === undefined) return false
    let hash = this.#planHashes.get(lifecycle)
    if (hash === undefined) this.#planHashes.set(lifecycle, (hash = hashOf(lifecycle.plan)))
    return hash !== planHash
  }

  /** The chart behind a source; undefined when it is work. */
  machineOf(record: Of & Pick<JournalRecord, 'kind'>, source: string): AnyStateMachine | undefined {
    const machine = source === 'project' ? this.of(record).machine : SHARED[source]
    return machine && stepped(machine, this.#interpreter)
  }

  /** Throws `lifecycle.missing_version`, listing what is live in the store and not registered here. */
  async refuseMissing(store: StoreReader): Promise<void> {
    const live = (await store.liveVersions()).filter(({ kind }) => kind === 'project')
    const missing = live.filter((one) => !this.find(one))
    if (missing.length > 0)
      throw new StagecraftError(
        'lifecycle.missing_version',
        `This store has projects under way whose lifecycle version is not registered: ${missing.map(described).join('; ')}. Register these versions beside the new ones, or migrate the projects first.`,
      )
  }

  #names(): string {
    const all = [...this.#lifecycles.values()].flatMap((versions) => [...versions.values()])
    return all.map(({ name, version }) => `"${name}" version ${version}`).join(', ') || 'none'
  }
}

function described({ lifecycle, version, count, ids }: LiveVersion): string {
  const more = count > ids.length ? ` and ${count - ids.length} more` : ''
  return `"${lifecycle}" version ${version} (${ids.join(', ')}${more})`
}

function changed(records: readonly JournalRecord[]): StagecraftError {
  const which = records.map(({ id, lifecycle, version }) => `"${id}" ("${lifecycle}" version ${version})`)
  return new StagecraftError(
    'lifecycle.changed',
    `The lifecycle was changed without a new version, and projects live by the old one: ${which.join(', ')}. Register it as it was, give the changed one the next version, and migrate.`,
  )
}
