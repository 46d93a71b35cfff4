/** Installs the rivals the first time: they are no dependencies of the package. */

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { areInstalled } from './rival-versions.ts'

/** Does nothing when the pinned rivals are there. Throws when they cannot be installed. */
export function installRivals(say: (message: string) => void): void {
  if (areInstalled()) return
  say(
    'The rivals are not installed, or not in the pinned versions. Running: npm ci --prefix bench (125 MB, once)',
  )
  const { status, error } = spawnSync(
    'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'],
    {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', 'ignore', 'inherit'],
      // On Windows npm is a script, which only a shell can start.
      shell: process.platform === 'win32',
    },
  )
  if (status !== 0 || !areInstalled())
    throw new Error(
      'npm could not install the rivals. Run `npm ci --prefix bench` to see why, then `npm run bench` again.',
      { cause: error },
    )
}
