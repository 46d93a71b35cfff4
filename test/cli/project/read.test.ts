/** What can be read beside an owner or without one: drawings, histories, lists, and whether journals hold. */

import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { ownerOf } from './owner.ts'
import { runtimeUrl, workshop, type Workshop } from './workshop.ts'

/** Times and hashes differ from run to run. */
const timeless = (text: string) =>
  text
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, '<time>')
    .replaceAll(/\b(?:\d+ days \d+ h|[\d.]+ (?:ms|s))\b/g, '<while>')
    .replaceAll(/[\da-f]{64}/g, '<hash>')

/** Everything a phase can show: a failed task, one left out, one that waits on a failed one, conflicts, reasons. */
const REPORT = `
import { defineAgent, defineLifecycle } from ${runtimeUrl}
const once = { retriesMax: 0 }
const good = defineAgent({ name: 'good', run: () => ({ pages: 3 }) })
const bad = defineAgent({ name: 'bad', retry: once, run: () => { throw new Error('No ink') } })
export default [defineLifecycle({ name: 'report', version: 2, phases: [
  { name: 'COLLECT', tasks: [{ agent: good }, { agent: bad }, { name: 'late', agent: good, dependsOn: ['bad'] },
    { name: 'spare', agent: good, when: () => false }],
    conflicts: () => [{ id: 'c1', between: ['good', 'bad'], message: 'They disagree' }],
    gate: () => ({ result: 'PASS', reason: 'Good enough' }),
    approval: { quorum: 2, approvers: ['ana', 'bob', 'cyd'], roles: ['editor', 'chief'], separation: true } },
  { name: 'PRINT' },
] })]
`

async function report(): Promise<Workshop> {
  const shop = await workshop({ 'stagecraft.config.mjs': REPORT })
  const made = await shop.run('create', 'rep-1', '--intent', 'All about boats', '--author', 'eva', '--run')
  expect(made.code).toBe(0)
  return shop
}

async function article(...more: string[]): Promise<Workshop> {
  const shop = await workshop()
  expect((await shop.run('create', 'art-1', '--intent', 'Boats', ...more)).code).toBe(0)
  return shop
}

it('draws the phases with where the project stands, what waits for approval, and the command to give it', async () => {
  const shop = await report()
  await shop.run('approve', 'rep-1', '--by', 'ana', '--role', 'chief', '--comment', 'Fine', '--wait', '0')
  await shop.run('run', 'rep-1')
  const { code, out, err } = await shop.run('show', 'rep-1', '--store', './stagecraft.db')
  expect([code, err]).toEqual([0, ''])
  expect(timeless(out)).toBe(`rep-1  AWAITING_APPROVAL in COLLECT
All about boats
report version 2, mode execute, by eva
created <time>, last changed <while> ago, 14 facts

⏸ COLLECT  AWAITING_APPROVAL, run 1
    ✓ good   succeeded in <while>
    ✗ bad    failed in <while>: No ink
    – late   skipped: what it depends on failed
    – spare  skipped: its condition left it out
    conflict c1 between good and bad: They disagree
    gate: Good enough
· PRINT    PENDING

┌ approval-1 version 1, on COLLECT
│ output    good: {"pages":3}
│ needs     2 approvals, 1 so far; only ana, bob, cyd may decide; in the role of editor or chief; not by the author eva
│ deadline  in <while>, <time>
│ decided   APPROVED by ana as chief, <while> ago: Fine
│ to agree  stagecraft project approve rep-1 --approval approval-1 --version 1 --role editor --store ./stagecraft.db
└
`)
})

it('shows what is under way beside its owner, and says how to go on where nobody carries it', async () => {
  const shop = await article('--params', '{"waits":true}')
  const owner = await ownerOf(shop)
  await owner.projects.go('art-1')
  await owner.has('AGENT_STARTED')
  const { out } = await shop.run('show', 'art-1')
  expect(out).toContain('▶ DRAFT    RUNNING\n    ▶ writer  running\n· PUBLISH  PENDING\n')
  expect(out).toContain('If none has: stagecraft project run art-1')
  await owner.projects.pause('art-1')
  expect((await shop.run('show', 'art-1')).out).toContain('⏸ DRAFT    PAUSED, run 1')
  await owner.projects.cancel('art-1')
  const cancelled = await shop.run('show', 'art-1')
  expect(cancelled.out).toContain('art-1  CANCELLED: as somebody asked\n')
  expect(cancelled.out).toContain('– DRAFT    SKIPPED')
  await writeFile(join(shop.folder, 'go-art-1'), '')
})

it('paints on a terminal, unless NO_COLOR says otherwise', async () => {
  const shop = await article()
  const painted = await shop.runAs({ isTTY: true }, 'show', 'art-1')
  expect(painted.out).toContain('\u001b[2m·\u001b[22m')
  const plain = await shop.runAs({ isTTY: true, env: { NO_COLOR: '1' } }, 'show', 'art-1')
  expect(plain.out).not.toContain('\u001b')
})

it('prints the whole view as JSON', async () => {
  const shop = await report()
  const { out } = await shop.run('show', 'rep-1', '--json')
  expect(JSON.parse(out)).toMatchObject({
    id: 'rep-1',
    state: 'AWAITING_APPROVAL',
    approval: { id: 'approval-1', version: 1, subject: { outputs: { good: { pages: 3 } } } },
    phases: [{ name: 'COLLECT' }, { name: 'PRINT', status: 'PENDING' }],
  })
})

it('shows what it knows without a lifecycle, and says what it does not', async () => {
  const shop = await article('--run')
  await writeFile(join(shop.folder, 'stagecraft.config.js'), 'throw new Error("Not today")')
  const { code, out, err } = await shop.run('show', 'art-1')
  expect(code).toBe(0)
  expect(err).toMatch(/^stagecraft: going on without lifecycles\. .*Not today/)
  expect(out).toContain('✓ DRAFT')
  expect(out).toContain('⏸ PUBLISH')
  expect(out).not.toContain('SHIP')
  expect(out).toContain('name its module with --lifecycles')
  // Asked for by name, it must load.
  expect((await shop.run('show', 'art-1', '--lifecycles', 'stagecraft.config.js')).code).toBe(2)
})

it('lists facts from a cursor, of some types, as text or JSON', async () => {
  const shop = await article('--author', 'eva', '--run')
  const all = await shop.run('history', 'art-1')
  const lines = all.out.trimEnd().split('\n')
  expect(timeless(lines[0] ?? '')).toBe(
    '     1  <time>  PROJECT_CREATED      article version 1, mode execute, by eva: Boats',
  )
  const some = await shop.run(
    'history',
    'art-1',
    '--after',
    '3',
    '--types',
    'phase_started,APPROVAL_REQUESTED',
  )
  expect(timeless(some.out)).toBe(
    '     4  <time>  PHASE_STARTED        DRAFT run 1\n' +
      '     9  <time>  PHASE_STARTED        PUBLISH run 2\n' +
      '    10  <time>  APPROVAL_REQUESTED   approval-1 version 1 on PUBLISH, by <time>\n',
  )
  const json = await shop.run('history', 'art-1', '--after', '9', '--json')
  expect(JSON.parse(json.out)).toMatchObject({ cursor: 10, type: 'APPROVAL_REQUESTED', project: 'art-1' })
  expect(await shop.run('history', 'art-1', '--after', '99')).toEqual({ code: 0, out: '', err: '' })
  expect((await shop.run('history', 'art-1', '--types', 'NEWS')).err).toContain(
    'There is no NEWS. There are PROJECT_',
  )
})

it('lists projects by state, lifecycle, and whether they have ended', async () => {
  const shop = await workshop()
  await shop.run('create', 'art-1', '--intent', 'Boats', '--run')
  await shop.run('create', 'art-2', '--intent', 'Trains', '--params', '{"fails":"No ink"}', '--run')
  const idsOf = async (...args: string[]) =>
    (await shop.run('list', ...args)).out
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [line.split(' ')[0]]))
  expect(await idsOf()).toEqual(['art-1', 'art-2'])
  expect(await idsOf('--ended')).toEqual(['art-2'])
  expect(await idsOf('--no-ended')).toEqual(['art-1'])
  expect(await idsOf('--state', 'AWAITING_APPROVAL')).toEqual(['art-1'])
  expect(await idsOf('--lifecycle', 'article')).toEqual(['art-1', 'art-2'])
  expect(await shop.run('list', '--lifecycle', 'novel')).toEqual({
    code: 0,
    out: '',
    err: 'No such project in this store.\n',
  })
  const row = (await shop.run('list', '--ended', '--json')).out
  expect(JSON.parse(row)).toMatchObject({ id: 'art-2', state: 'FAILED', ended: true })
})

it('lists what a project can be rolled back to', async () => {
  const shop = await article('--run')
  expect(timeless((await shop.run('checkpoints', 'art-1')).out)).toBe(
    'DRAFT-1    before DRAFT    <time>  fact 3\nPUBLISH-2  before PUBLISH  <time>  fact 8\n',
  )
})

it('verifies every journal, and says where only the chain was checked', async () => {
  const shop = await article('--run')
  const whole = await shop.run('verify')
  expect(whole.code).toBe(0)
  expect(timeless(whole.out)).toBe(
    '✓ art-1  10 facts, 3 steps decided again, hash <hash>\n1 journal read, 0 damaged.\n',
  )
  await writeFile(join(shop.folder, 'other.mjs'), REPORT)
  const alone = await shop.run('verify', 'art-1', '--lifecycles', 'other.mjs')
  expect(alone.code).toBe(0)
  expect(alone.out).toContain('10 facts, the chain alone')
  expect(alone.out).toContain('Of 1 only the chain was checked')
  expect((await shop.run('verify', 'nobody')).code).toBe(2)
})

it('ends with 1 and names the fact when a journal is damaged, and goes on to the others', async () => {
  const shop = await article('--run')
  await shop.run('create', 'art-2', '--intent', 'Trains')
  const db = new DatabaseSync(shop.store)
  db.exec(
    `update entry set payload = replace(payload, '"run":2', '"run":3') where type = 'APPROVAL_REQUESTED' or cursor = 9`,
  )
  db.close()
  for (const lifecycles of ['stagecraft.config.mjs', 'other.mjs']) {
    await writeFile(join(shop.folder, 'other.mjs'), REPORT)
    const { code, out } = await shop.run('verify', '--lifecycles', lifecycles)
    expect(code).toBe(1)
    expect(out).toContain('✗ art-1  journal.broken: ')
    expect(out).toContain('fact 9 (PHASE_STARTED, cursor 9) was changed after it was written')
    expect(out).toContain('✓ art-2')
    expect(out).toContain('2 journals read, 1 damaged.')
  }
  const json = await shop.run('verify', 'art-1', '--json')
  expect(JSON.parse(json.out)).toMatchObject({ id: 'art-1', isWhole: false, code: 'journal.broken' })
})

it.each([
  ['show', 'art-1'],
  ['history', 'art-1'],
  ['checkpoints', 'art-1'],
  ['list'],
  ['verify'],
  ['run', 'art-1'],
  ['approve', 'art-1'],
])('makes no store by %s, and says there is none', async (...args) => {
  const shop = await workshop()
  const { code, out, err } = await shop.run(...args)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(`There is nothing yet at ${shop.store}`)
  expect(await readdir(shop.folder)).toEqual(['stagecraft.config.mjs'])
})

it.each([['show', 'art-1'], ['list'], ['verify'], ['create', 'art-1', '--intent', 'Boats']])(
  'refuses a file that is no store with %s, and leaves it alone',
  async (...args) => {
    const shop = await workshop({ 'notes.txt': 'Buy milk. '.repeat(1_000) })
    const { code, out, err } = await shop.run(...args, '--store', 'notes.txt')
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('notes.txt is damaged, or no store at all')
    expect(await readdir(shop.folder)).toEqual(['notes.txt', 'stagecraft.config.mjs'])
  },
)

it('takes the store from STAGECRAFT_STORE, and --store before it', async () => {
  const shop = await workshop()
  const env = { STAGECRAFT_STORE: 'mine.db' }
  await shop.runAs({ env }, 'create', 'art-1', '--intent', 'Boats')
  await shop.run('create', 'art-2', '--intent', 'Boats', '--store', "it's.db")
  expect((await shop.runAs({ env }, 'list')).out).toMatch(/^art-1 /)
  const other = await shop.runAs({ env }, 'show', 'art-2', '--store', "it's.db")
  expect(other.out).toContain(String.raw`stagecraft project run art-2 --store 'it'\''s.db'`)
})

/** A phase that sets values, each in its unit. */
const VALUES = `
import { defineAgent, defineLifecycle } from ${runtimeUrl}
const rotor = defineAgent({ name: 'rotor', run: async (_, { isa }) => {
  const values = await isa()
  values.set('rotor.thrust', { magnitude: 40, unit: 'N', tolerance: 0.5 }, { description: 'of all four' })
  values.set('rotor.power', { magnitude: 0.8, unit: 'kW', locked: true }, { dependsOn: ['rotor.thrust'] })
} })
const more = defineAgent({ name: 'more', run: async (_, { isa }) =>
  void (await isa()).set('rotor.thrust', { magnitude: 42, unit: 'N' }) })
export default defineLifecycle({ name: 'rotor', phases: [
  { name: 'SIZE', tasks: [{ agent: rotor }] }, { name: 'GROW', tasks: [{ agent: more }] } ] })
`

it('lists physical values, as they are and as they were, with what is stale or locked', async () => {
  const shop = await workshop({ 'stagecraft.config.mjs': VALUES })
  expect((await shop.run('create', 'r-1', '--intent', 'A rotor')).code).toBe(0)
  expect(await shop.run('values', 'r-1')).toEqual({ code: 0, out: '', err: 'Nobody has set a value yet.\n' })
  expect((await shop.run('run', 'r-1')).code).toBe(0)
  expect((await shop.run('values', 'r-1')).out).toBe(
    'rotor.power   0.8 kW  locked stale  rotor\nrotor.thrust  42 N                  rotor  of all four\n',
  )
  const updates = await shop.run('history', 'r-1', '--types', 'ISA_UPDATED', '--json')
  const [first] = updates.out.split('\n').map((line) => JSON.parse(line || 'null') as { cursor: number })
  const then = await shop.run('values', 'r-1', '--at', String(first?.cursor), '--json')
  expect(JSON.parse(then.out)).toMatchObject({
    nodes: { 'rotor.thrust': { value: { magnitude: 40, unit: 'N' } } },
  })
  expect((await shop.run('show', 'r-1')).out).toContain('Values: 2 values of rotor, revision 2, 1 stale')
  expect(await shop.run('values', 'r-2')).toMatchObject({ code: 2, out: '' })
})
