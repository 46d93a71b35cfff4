/** The lifecycles an orchestrator knows, by name and version, with the charts behind them. */

import type { AnyStateMachine } from 'xstate'
import { approvalMachine } from '../machines/approval.ts'
import { lean } from '../machines/lean-machine.ts'
import { phaseMachine } from '../machines/phase.ts'
import { recordedReviewMachine } from '../machines/recorded-review.ts'
import { StagecraftError } from '../model/errors.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { JournalRecord, LiveVersion, StoreReader } from './store/store.ts'

type Of = Pick<JournalRecord, 'lifecycle' | 'version'>

/** Charts that every lifecycle shares. */
const SHARED: Readonly<Record<string, AnyStateMachine>> = {
  phase: phaseMachine,
  approval: lean(approvalMachine),
  'recorded-review': lean(recordedReviewMachine),
}

export class Lifecycles {
  readonly #lifecycles = new Map<string, Map<number, Lifecycle>>()

  /** Throws `orchestrator.invalid` for two of the same name and version. */
  constructor(lifecycles: readonly Lifecycle[]) {
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

  /** The chart behind a source; undefined when it is work. */
  machineOf(record: Of & Pick<JournalRecord, 'kind'>, source: string): AnyStateMachine | undefined {
    return source === 'project' ? this.of(record).machine : SHARED[source]
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
