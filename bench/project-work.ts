/** The project that every durable contestant carries: three phases, a person's approval after the second. */

import { mkdtempSync, openSync, closeSync, fdatasyncSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'

export const PHASES = ['DRAFT', 'DESIGN', 'SHIP'] as const
export type PhaseName = (typeof PHASES)[number]

export type Said = { readonly said: string }

export type ProjectWork = {
  /** Empty, on the disk that is measured. */
  readonly folder: string
  /** What the agent of a phase does. */
  readonly agent: (phase: PhaseName) => Promise<Said>
}

export const INTENT = 'Design a quadcopter for agricultural surveying'
export const AUTHOR = 'eva'
export const DECISION = { decision: 'APPROVED', by: 'ana', comment: 'Go on.' } as const

/** An agent that returns at once, so that what is measured is what stands around it. */
export const instantly: ProjectWork['agent'] = async (phase) => ({ said: `${phase} is done` })

/** Carries projects until so many are done, so many at once. Returns milliseconds. */
export async function carryMany(
  carry: () => Promise<void>,
  { projects, concurrent }: { projects: number; concurrent: number },
): Promise<number> {
  let left = projects
  const startedAt = performance.now()
  const carrier = async () => {
    for (; left > 0;) {
      left -= 1
      await carry()
    }
  }
  await Promise.all(Array.from({ length: concurrent }, carrier))
  return performance.now() - startedAt
}

/** Runs with a new folder, on the disk the benchmark lies on: a folder for temporary files may be in memory. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  // Where git, linters and packers do not look.
  const folder = mkdtempSync(fileURLToPath(new URL('node_modules/.projects-', import.meta.url)))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const bytesOf = (file: string): number => statSync(file).size

/** Microseconds that one synced write of 4 KiB takes here: the floor under every commit. */
export function syncMicros(folder: string): readonly number[] {
  const block = Buffer.alloc(4_096, 1)
  const file = openSync(join(folder, 'sync'), 'w')
  const figures = Array.from({ length: 300 }, () => {
    const startedAt = performance.now()
    writeSync(file, block)
    fdatasyncSync(file)
    return (performance.now() - startedAt) * 1_000
  })
  closeSync(file)
  return figures
}
