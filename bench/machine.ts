/** Where the figures come from: the machine, and the versions of everyone who took part. */

import { cpus, loadavg } from 'node:os'
import { version } from 'node:process'
import { pinnedVersions } from './rival-versions.ts'

export type Machine = {
  readonly node: string
  readonly cpu: string
  readonly cores: number
  /** Average of the last minute; near the number of cores the machine is busy with something else. */
  readonly load: number
  readonly rivals: Readonly<Record<string, string>>
}

export function describeMachine(): Machine {
  const processors = cpus()
  return {
    node: version,
    cpu: processors[0]?.model.trim() ?? 'unknown processor',
    cores: processors.length,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    rivals: pinnedVersions(),
  }
}
