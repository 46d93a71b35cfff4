/** The units of each lifecycle, loaded when the first value is looked at. */

import { loadUnits } from '../../actors/units.ts'
import type { Units } from '../../model/units/units.ts'
import type { Lifecycle } from './lifecycle.ts'

export class LifecycleUnits {
  readonly #units = new Map<Lifecycle, Promise<Units>>()

  /** Rejects with `units.invalid` where the lifecycle's own units cannot be defined. */
  of(lifecycle: Lifecycle): Promise<Units> {
    const known = this.#units.get(lifecycle) ?? loadUnits(lifecycle.plan.units)
    this.#units.set(lifecycle, known)
    return known
  }

  /** What a lifecycle defines wrongly is told at the start, not in the middle of a project. */
  async check(lifecycles: readonly Lifecycle[]): Promise<void> {
    for (const lifecycle of lifecycles)
      if (Object.keys(lifecycle.plan.units).length > 0) await this.of(lifecycle)
  }
}
