/** The versions of the rivals: those the benchmark asks for, and those that are there. */

import { readFileSync } from 'node:fs'

type Manifest = { readonly version?: string; readonly dependencies?: Readonly<Record<string, string>> }

/** By package name, exactly as pinned in `bench/package.json`. */
export function pinnedVersions(): Readonly<Record<string, string>> {
  return manifestAt('package.json')?.dependencies ?? {}
}

/** True when everything that is pinned is installed in that very version. */
export function areInstalled(): boolean {
  return Object.entries(pinnedVersions()).every(
    ([name, version]) => manifestAt(`node_modules/${name}/package.json`)?.version === version,
  )
}

function manifestAt(path: string): Manifest | undefined {
  try {
    // Our own manifest, or one that npm has read before.
    return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Manifest
  } catch {
    return undefined
  }
}
