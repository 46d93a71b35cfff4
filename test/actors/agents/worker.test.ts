import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { workerAgent, type WorkerAgentOptions } from '../../../src/actors/agents/worker.ts'
import { ask, failureOf } from './asking.ts'

const module = new URL('fixtures/work.ts', import.meta.url)

const running = (name: string, more: Partial<WorkerAgentOptions> = {}) =>
  workerAgent({ name: 'thread', module, export: name, output: z.unknown(), ...more })

describe('the worker agent', () => {
  it('runs a function of a module in another thread', async () => {
    const agent = workerAgent({
      name: 'add',
      module: fileURLToPath(module),
      input: z.object({ a: z.number(), b: z.number() }),
      output: z.object({ sum: z.number() }),
    })
    expect(await ask(agent, { a: 1, b: 2 })).toEqual({ sum: 3 })
  })

  it('hands on key and attempt', async () => {
    const seen = await ask(running('contextSeen'), null, { key: 'p.PHASE.1.t', attempt: 2 })
    expect(seen).toEqual({ attempt: 2, key: 'p.PHASE.1.t', aborted: false })
  })

  it('reports progress', async () => {
    const reports: unknown[] = []
    expect(await ask(running('report'), null, { progress: (one) => reports.push(one) })).toBe('ok')
    expect(reports).toEqual([0.5, { fraction: 1, message: 'done' }])
  })

  it('is not drowned by a loop that reports in every round, and hears the last report', async () => {
    const reports: unknown[] = []
    expect(await ask(running('babble'), 20_000, { progress: (one) => reports.push(one) })).toBe('ok')
    expect(reports.at(-1)).toBe(1)
    expect(reports.length).toBeLessThan(100)
  })

  it.each(['spin', 'hang'])('ends a function that never ends, when the attempt is cut: %s', async (name) => {
    const died = Promise.withResolvers<void>()
    await using server = createServer((socket) => socket.on('error', () => {}).on('close', died.resolve))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    // A server that listens on a port has an address of this kind.
    const { port } = server.address() as AddressInfo
    const begun = Promise.withResolvers<void>()
    const control = new AbortController()
    const failing = failureOf(running(name), port, {
      signal: control.signal,
      progress: () => begun.resolve(),
    })
    await begun.promise
    control.abort(new Error('cut'))
    expect((await failing).message).toBe('cut')
    await died.promise
  })

  it('starts no thread once the attempt is cut', async () => {
    const signal = AbortSignal.abort(new Error('too late'))
    const agent = workerAgent({ name: 'thread', module: new URL('none.ts', module), output: z.unknown() })
    expect((await failureOf(agent, null, { signal })).message).toBe('too late')
  })

  it.each([
    ['throws', 'fail', 'down'],
    ['throws where nobody catches', 'failLater', 'it broke down: nobody caught this'],
    ['ends its thread', 'die', 'its thread ended with code 5 before it answered'],
  ])('leaves a function that %s to the retries', async (_what, name, message) => {
    const error = await failureOf(running(name), null)
    expect(error.message).toBe(`Agent "thread": ${message}`)
    expect(error).not.toHaveProperty('retryable')
  })

  it.each([
    ['an error that says so itself', 'failForGood', /never/],
    ['a function as its result', 'giveFunction', /not plain data: .*function/],
    ['a number that JSON cannot carry', 'giveNaN', /not plain data: .*NaN/],
    ['a function that is none', 'notCallable', /exports no function "notCallable"/],
    ['a function that is not there', 'toString', /exports no function "toString"/],
  ])('does not try again after %s', async (_what, name, message) => {
    expect(await failureOf(running(name), null)).toMatchObject({
      retryable: false,
      message: expect.stringMatching(message),
    })
  })

  it('does not try again when the module cannot be loaded', async () => {
    const agent = running('default', { module: new URL('nowhere.ts', module) })
    expect(await failureOf(agent, null)).toMatchObject({
      retryable: false,
      message: expect.stringContaining('cannot be loaded'),
    })
  })

  it('takes no more than it may', async () => {
    expect(await ask(running('giveMuch', { outputMaxBytes: 10_002 }), null)).toHaveLength(10_000)
    expect(await failureOf(running('giveMuch', { outputMaxBytes: 10_001 }), null)).toMatchObject({
      retryable: false,
      message: expect.stringContaining('more than 10001 bytes'),
    })
  })

  it('ends a thread that takes too much memory, and nothing else', async () => {
    expect(await failureOf(running('hog', { heapMaxMiB: 16 }), null)).toMatchObject({
      retryable: false,
      message: expect.stringContaining('heapMaxMiB'),
    })
  })

  it('takes nothing as null', async () => {
    expect(await ask(running('giveNothing'), null)).toBeNull()
  })

  it('lets hostile keys change nothing but the output itself', async () => {
    const output = await ask(running('giveHostile'), null)
    expect(Object.getPrototypeOf(output)).toBe(Object.prototype)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it.each(['./work.js', 'some-package', 'https://acme.org/work.js', 'data:text/javascript,1', 'node:fs'])(
    'refuses the module %s when it is made',
    (place) => {
      expect(() => running('default', { module: place })).toThrow(
        expect.objectContaining({ code: 'agent.invalid', message: expect.stringContaining('module') }),
      )
    },
  )
})
