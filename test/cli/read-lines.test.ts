import { PassThrough, Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { readLines, type Line } from '../../src/cli/read-lines.ts'
import { allOf } from './test-panel.ts'

const never = new AbortController().signal

async function linesOf(chunks: readonly (string | Uint8Array)[], lineMaxBytes?: number): Promise<Line[]> {
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)))
  const limit = lineMaxBytes === undefined ? {} : { lineMaxBytes }
  return allOf(readLines(stream, { signal: never, ...limit }))
}

it('tolerates a byte order mark, CRLF, blank lines and a missing last newline', async () => {
  expect(await linesOf(['\u{FEFF}one\r\n\r\n  \ntwo\r\nthree'])).toEqual([
    { number: 1, text: 'one' },
    { number: 4, text: 'two' },
    { number: 5, text: 'three' },
  ])
})

it('reads the same lines however the bytes are cut', async () => {
  const text = 'größe\n\u{FEFF}🌍 here\r\n\nlast 😀'
  const whole = await linesOf([text])
  expect(whole).toHaveLength(3)
  expect(await linesOf([...Buffer.from(text)].map((byte) => Uint8Array.of(byte)))).toEqual(whole)
})

it('reports a line that is too long, by its number and length, and reads on', async () => {
  expect(await linesOf(['ok\n', 'x'.repeat(6), 'x'.repeat(6), '\nok\n'], 10)).toEqual([
    { number: 1, text: 'ok' },
    { number: 2, problem: 'is 12 bytes long; a line may have at most 10' },
    { number: 3, text: 'ok' },
  ])
})

it('reports a line that is not UTF-8', async () => {
  expect(await linesOf([Uint8Array.of(0x61, 0xff, 0x0a, 0x62, 0x0a)])).toEqual([
    { number: 1, problem: 'is not UTF-8 text; save the file as UTF-8' },
    { number: 2, text: 'b' },
  ])
})

it('ends when the signal aborts while it waits for more', async () => {
  const ending = new AbortController()
  const stream = new PassThrough()
  stream.write('one\n')
  const lines = readLines(stream, { signal: ending.signal })
  expect((await lines.next()).value).toEqual({ number: 1, text: 'one' })
  const next = lines.next()
  ending.abort()
  expect((await next).done).toBe(true)
  expect(stream.destroyed).toBe(true)
})

it('passes on what goes wrong while reading', async () => {
  const stream = new Readable({ read: () => {} })
  const next = readLines(stream, { signal: never }).next()
  stream.destroy(new Error('the disk is gone'))
  await expect(next).rejects.toThrow('the disk is gone')
})
