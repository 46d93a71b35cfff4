/** A child process with all it has started, so that none of them outlives its attempt or the host. */

import type { ChildProcess } from 'node:child_process'

/** Elsewhere a child is alone: Windows has no process groups. */
export const HAS_GROUPS = process.platform !== 'win32'

const living = new Set<Family>()

const endAll = () => {
  for (const family of living) family.signal('SIGKILL')
}

export class Family {
  readonly #child: ChildProcess

  /** `child` was started with `detached`, where there are groups. */
  constructor(child: ChildProcess) {
    this.#child = child
    if (living.size === 0) process.on('exit', endAll)
    living.add(this)
  }

  /** Nothing is left to be ended. */
  leave(): void {
    if (living.delete(this) && living.size === 0) process.off('exit', endAll)
  }

  get isAlive(): boolean {
    return this.signal(0)
  }

  /** False when nobody was there to hear it. 0 only asks. */
  signal(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.#child
    if (pid === undefined) return false
    if (!HAS_GROUPS) return this.#child.kill(signal)
    try {
      return process.kill(-pid, signal)
    } catch {
      return false
    }
  }
}
