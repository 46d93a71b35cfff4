import { spawn, spawnSync } from 'node:child_process'
import { expect, it, onTestFinished } from 'vitest'
import { fixture, tempFolder, watched } from './child.ts'

/** A disk of one's own needs the right to mount one: root has it, and where it is allowed, anybody in a namespace. */
const WAYS = [
  ['unshare', '--mount'],
  ['unshare', '--map-root-user', '--mount'],
  ['sudo', '--non-interactive', 'unshare', '--mount'],
]

/** Gone with the last process that sees it. */
const MOUNT = 'mount -t tmpfs -o size=6m stagecraft "$1"'

function wayToMount(folder: string): readonly string[] {
  const way = WAYS.find(([command = '', ...args]) => {
    const tried = spawnSync(command, [...args, 'sh', '-c', MOUNT, 'sh', folder])
    return tried.status === 0
  })
  if (way) return way
  throw new Error(
    'No small disk can be made here. Run the suite as root, or with sudo or user namespaces allowed.',
  )
}

it('loses nothing on a full disk, and goes on once there is room again', async () => {
  const [folder, disk] = [tempFolder(), tempFolder()]
  const [command = '', ...args] = wayToMount(disk)
  const lives = `${MOUNT}; for life in lives dies returns; do "$2" "$3" $life "$4" "$1"; done`
  const program = [process.execPath, fixture('small-disk.ts'), folder]
  const child = watched(
    spawn(command, [...args, 'sh', '-c', lives, 'sh', disk, ...program], { stdio: 'pipe' }),
  )
  onTestFinished(child.kill)
  const { stdout, stderr } = await child.ended
  expect(stderr.replace(/^Killed\n/, '')).toBe('')
  const [lived, returned] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const full = expect.stringMatching(
    /^store\.full: The disk under \S+ is full, so nothing was written\. Make room, then try again\./,
  )
  expect(lived).toEqual({ refusals: { create: full, cancel: full }, troubles: ['store.full'], repeated: 0 })
  expect(returned).toMatchObject({ refusals: { begin: full }, problems: [], projects: 8 })
  expect(returned.promises).toBeGreaterThan(100)
}, 60_000)
