import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { reviewWith } from '../../src/cli/review-command.ts'
import type { ResultLine } from '../../src/cli/result-line.ts'
import { tempDir } from './temp-dir.ts'
import { testIo, Written } from './test-io.ts'
import { answer, nextTurn, testPanel, type TestPanel } from './test-panel.ts'

async function resultsIn(path: string): Promise<ResultLine[]> {
  const lines = (await readFile(path, 'utf8')).split('\n')
  expect(lines.pop()).toBe('')
  return lines.map((line) => JSON.parse(line) as ResultLine)
}

/** Reviews a text given on standard input. */
async function review(stdin: string | Readable, panel: TestPanel = testPanel(), out?: string) {
  const io = testIo({ stdin })
  const options = { answers: '-', concurrency: 4, ...(out === undefined ? {} : { out }) }
  const code = await reviewWith(panel, options, io)
  return { code, io, panel }
}

it('writes one result a line, in the order of the answers, whichever is ready first', async () => {
  const out = join(await tempDir(), 'results.jsonl')
  const waits = new Map([
    ['a', 9],
    ['b', 1],
    ['c', 5],
    ['d', 2],
    ['e', 1],
  ])
  const slowFirst = testPanel(async ({ id = '' }) => {
    for (let turn = waits.get(id) ?? 0; turn > 0; turn--) await nextTurn()
  })
  const text = [...waits.keys()].map((id) => answer(id)).join('\n')
  const { code, io } = await review(text, slowFirst, out)
  expect(code).toBe(0)
  expect((await resultsIn(out)).map(({ line, id }) => [line, id])).toEqual([
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
    [4, 'd'],
    [5, 'e'],
  ])
  expect(io.stdout.text).toContain('5 answers reviewed')
})

it('keeps the fields of a result and their order stable', async () => {
  const out = join(await tempDir(), 'results.jsonl')
  await review(answer('a'), testPanel(), out)
  const [result] = await resultsIn(out)
  expect(Object.keys(result ?? {})).toEqual([
    'line',
    'id',
    'verdict',
    'auditHash',
    'reasons',
    'dissent',
    'escalation',
    'critics',
    'stages',
    'cost',
    'durationMs',
  ])
})

it.each([
  [['fine', 'constrained_allow'], 0],
  [['fine', 'escalate'], 1],
  [['deny', 'fine'], 1],
])('ends after %j with code %i', async (responses, expected) => {
  const { code } = await review(responses.map((response) => answer('x', response)).join('\n'))
  expect(code).toBe(expected)
})

it('prints the answers that were not simply allowed, and only these, when there is no --out', async () => {
  const text = [answer('a'), answer('b', 'deny'), answer('c', 'constrained_allow')].join('\n')
  const { io } = await review(text)
  expect(io.stdout.text.split('\n').slice(0, 2)).toEqual([
    'b  deny  only: only.rule',
    'c  constrained_allow  only: only.rule',
  ])
})

it('prints no control characters of an id, which could drive a terminal', async () => {
  const { io } = await review(answer('a\u001b[2J\nb\u202e', 'deny'))
  expect(io.stdout.text.split('\n')[0]).toBe('a [2J b   deny  only: only.rule')
})

it('names bad lines by number and reason, reviews the rest and ends with 2, which wins over 1', async () => {
  const lines = [
    '{"prompt":',
    '[]',
    '"text"',
    '{"prompt":"Why?"}',
    '{"prompt":"","response":"","context":{"riskTier":"odd"}}',
    '{"id":"","prompt":"","response":""}',
  ]
  const { code, io, panel } = await review([answer('a', 'deny'), ...lines, answer('b')].join('\n'))
  expect(code).toBe(2)
  expect(panel.counts.begun).toBe(2)
  const told = io.stderr.text.trim().split('\n')
  expect(told.map((line) => /^stagecraft: line (\d+) /.exec(line)?.[1])).toEqual([
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
  ])
  expect(told[0]).toContain('is not JSON')
  expect(told[1]).toContain('is not an object')
  expect(told[3]).toContain('response')
  expect(told[4]).toContain('riskTier')
  expect(io.stdout.text).toContain('6 problems')
})

it('takes two answers with the same id, and names one without an id after its line', async () => {
  const out = join(await tempDir(), 'results.jsonl')
  const { code } = await review(
    `${answer('a')}\n${answer('a')}\n\n{"prompt":"","response":""}`,
    testPanel(),
    out,
  )
  expect(code).toBe(0)
  expect((await resultsIn(out)).map(({ line, id }) => [line, id])).toEqual([
    [1, 'a'],
    [2, 'a'],
    [4, 'line-4'],
  ])
})

it('accepts a byte order mark, CRLF and blank lines', async () => {
  const { code, panel } = await review(`\u{FEFF}${answer('a')}\r\n\r\n${answer('b')}\r\n`)
  expect([code, panel.counts.begun]).toEqual([0, 2])
})

it.each(['', '\u{FEFF}\r\n \n'])('says that an input without answers holds none (%j)', async (text) => {
  const { code, io } = await review(text)
  expect(code).toBe(2)
  expect(io.stderr.text).toContain('standard input holds no answers')
})

it('reads 50 MB with no more than its limit of reviews under way, and no further ahead', async () => {
  const line = `${answer('a', 'x'.repeat(10_000))}\n`
  const lines = Math.ceil(50_000_000 / line.length)
  const panel = testPanel()
  let read = 0
  let furthestAhead = 0
  function* generated() {
    for (; read < lines; read++) {
      furthestAhead = Math.max(furthestAhead, read - panel.counts.begun)
      yield Buffer.from(line)
    }
  }
  const { code } = await review(Readable.from(generated(), { highWaterMark: 1 }), panel)
  expect(code).toBe(0)
  expect(panel.counts.begun).toBe(lines)
  expect(panel.counts.most).toBe(4)
  expect(furthestAhead).toBeLessThanOrEqual(8)
})

it('reads no further while the reader of its results stands still', async () => {
  const panel = testPanel(() => Promise.resolve())
  const stuck = new Written({ highWaterMark: 1 })
  stuck._write = () => {}
  const io = {
    ...testIo({
      stdin: Readable.from(Array.from({ length: 1_000 }, () => Buffer.from(`${answer('a', 'deny')}\n`))),
    }),
    stdout: stuck,
  }
  void reviewWith(panel, { answers: '-', concurrency: 4 }, io)
  for (let turn = 0; turn < 50; turn++) await nextTurn()
  expect(panel.counts.begun).toBeLessThanOrEqual(4 * 4 + 1)
})

it.each(['SIGINT', 'SIGTERM'] as const)('keeps what is done and cancels the rest on %s', async (signal) => {
  const out = join(await tempDir(), 'results.jsonl')
  const endless = new Readable({ read: () => {} })
  const ids = ['a', 'b', 'slow', 'c', ...Array.from({ length: 20 }, () => 'slow')]
  // One chunk, so that lines are left over that were read from the stream but not begun.
  endless.push(ids.map((id) => `${answer(id)}\n`).join(''))
  const io = testIo({ stdin: endless })
  const panel = testPanel(async ({ id }, aborted) => {
    if (id !== 'slow') return
    await new Promise<void>((resolve) => {
      aborted.addEventListener('abort', () => resolve())
      // Three are done and four slow ones under way: the moment to interrupt.
      if (panel.counts.begun === 7) setImmediate(() => io.signals.emit(signal))
    })
  })
  const code = await reviewWith(panel, { answers: '-', concurrency: 4, out }, io)
  expect(code).toBe(signal === 'SIGINT' ? 130 : 143)
  expect((await resultsIn(out)).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  expect(io.stdout.text).toContain('then interrupted')
  expect(io.stdout.text).toContain('4 answers under review when it was interrupted')
  expect(endless.destroyed).toBe(true)
  expect(io.signals.listenerCount(signal)).toBe(0)
  expect(io.exits).toEqual([])
})

it('exits at once on a second Ctrl-C', async () => {
  const io = testIo({ stdin: answer('a') })
  const panel = testPanel(async () => {
    io.signals.emit('SIGINT')
    io.signals.emit('SIGINT')
  })
  await reviewWith(panel, { answers: '-', concurrency: 1 }, io)
  expect(io.exits).toEqual([130])
})

it('ends quietly, and reads no more, when the reader of its results leaves', async () => {
  const panel = testPanel()
  const leaving = new Written()
  leaving._write = (_chunk, _encoding, done) =>
    done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.from(`${answer('a', 'deny')}\n`)
    })(),
  )
  const io = { ...testIo({ stdin: endless }), stdout: leaving }
  expect(await reviewWith(panel, { answers: '-', concurrency: 4 }, io)).toBe(1)
  expect(io.stderr.text).toBe('')
})

it('refuses a missing file, a folder, and results that cannot be written, before any review', async () => {
  const folder = await tempDir()
  const answers = join(folder, 'answers.jsonl')
  await writeFile(answers, answer('a'))
  const panel = testPanel()
  const refusal = (options: { answers: string; out?: string }) =>
    reviewWith(panel, { concurrency: 4, ...options }, testIo({ cwd: folder })).catch(
      (error: Error) => error.message,
    )
  expect(await refusal({ answers: 'none.jsonl' })).toMatch(/There is no file .*none\.jsonl/)
  expect(await refusal({ answers: '.' })).toContain('is a folder')
  expect(await refusal({ answers, out: 'none/out.jsonl' })).toMatch(
    /could not be written to .* Its folder does not exist/,
  )
  expect(await refusal({ answers, out: '.' })).toContain('It is a folder')
  expect(await refusal({ answers, out: './answers.jsonl' })).toContain('is the file of answers itself')
  expect(panel.counts.begun).toBe(0)
  expect(await readFile(answers, 'utf8')).toBe(answer('a'))
})

it.runIf(process.platform === 'linux')('says that the disk is full, and ends with 2', async () => {
  const { code, io } = await review(answer('a'), testPanel(), '/dev/full')
  expect(code).toBe(2)
  expect(io.stderr.text).toContain('The disk is full')
  expect(io.stderr.text.match(/stagecraft:/g)).toHaveLength(1)
})

async function* failing() {
  yield Buffer.from(`${answer('a')}\n`)
  throw new Error('the cable came out')
}

it('tells of an input that fails half-way, and keeps what came before', async () => {
  const { code, io } = await review(Readable.from(failing()))
  expect(code).toBe(2)
  expect(io.stderr.text).toBe('stagecraft: standard input could not be read: the cable came out.\n')
  expect(io.stdout.text).toContain('1 answer reviewed')
})

it('draws a bar on a terminal and takes it away before it prints something else', async () => {
  const io = testIo({ stdin: `${answer('a')}\n{\n${answer('b')}`, tickMs: 1_000 })
  io.stderr.isTTY = true
  await reviewWith(testPanel(), { answers: '-', concurrency: 1 }, io)
  const parts = io.stderr.text.split('\r\u001b[2K')
  expect(parts[1]).toContain('1 answer')
  expect(parts[2]).toMatch(/^stagecraft: line 2 /)
  expect(parts.at(-1)).toBe('')
})

it('sums up what the run came to', async () => {
  const { io } = await review([answer('a'), answer('b', 'deny'), answer('c', 'escalate')].join('\n'))
  expect(io.stdout.text.split('\n').slice(2).join('\n')).toMatch(
    /^3 answers reviewed in [\d.]+ s\n {2}allow +1\n {2}constrained_allow +0\n {2}escalate +1\n {2}deny +1\nCritics: 0 run, .*\nCost: 9 spent, 3 of 12 saved \(25 %\)\nProblems: none\n$/,
  )
})
