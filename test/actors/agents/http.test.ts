import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { httpAgent } from '../../../src/actors/agents/http.ts'
import { ask, failureOf } from './asking.ts'
import { loopback, type Handler } from '../loopback.ts'

const PATH = '/work?token=hidden-in-url'

const serve = async (handle: Handler) => `${(await loopback(handle)).origin}${PATH}`

const answering = (status: number, body = '{}', headers: Record<string, string> = {}) =>
  serve((_request, _body, response) => response.writeHead(status, headers).end(body))

const agentAt = (url: string, more: { bodyMaxBytes?: number; method?: 'PUT' } = {}) =>
  httpAgent({
    name: 'remote',
    url,
    headers: { authorization: 'Bearer hidden-in-header' },
    output: z.object({ sum: z.number() }),
    ...more,
  })

describe('the HTTP agent', () => {
  it('sends its input as JSON under the key, and gives the answer', async () => {
    const seen: unknown[] = []
    const url = await serve(({ method, headers }, body, response) => {
      seen.push({ method, headers, body: JSON.parse(body) })
      response.end('{"sum":3}')
    })
    const output = await ask(agentAt(url), { a: 1, b: 2 }, { key: 'p.PHASE.1.add', attempt: 2 })
    expect(output).toEqual({ sum: 3 })
    expect(seen).toMatchObject([
      {
        method: 'POST',
        headers: {
          authorization: 'Bearer hidden-in-header',
          'idempotency-key': 'p.PHASE.1.add',
          'stagecraft-attempt': '2',
          'content-type': 'application/json',
        },
        body: { a: 1, b: 2 },
      },
    ])
  })

  it('uses another method when told to', async () => {
    const url = await serve(({ method }, _body, response) => response.end(JSON.stringify(method)))
    expect(await ask(agentAt(url, { method: 'PUT' }), {})).toBe('PUT')
  })

  it.each([400, 401, 403, 404, 410, 422])('does not try status %i again', async (status) => {
    expect(await failureOf(agentAt(await answering(status, 'no')), {})).toMatchObject({
      retryable: false,
      message: `The service of agent "remote" answered ${status}.`,
    })
  })

  it.each([408, 409, 425, 429, 500, 502, 503])('leaves status %i to the retries', async (status) => {
    const url = await answering(status, 'later', { 'retry-after': '3600' })
    const error = await failureOf(agentAt(url), {})
    expect(error.message).toContain(`${status}`)
    expect(error).not.toHaveProperty('retryable')
  })

  it('refuses a redirect, and goes nowhere with its headers', async () => {
    const visits: string[] = []
    const elsewhere = await serve((request, _body, response) => {
      visits.push(request.url ?? '')
      response.end('{"sum":1}')
    })
    const error = await failureOf(agentAt(await answering(307, '', { location: elsewhere })), {})
    expect(error).toMatchObject({ retryable: false, message: expect.stringContaining('redirect') })
    expect(visits).toEqual([])
  })

  it('cuts an answer that never ends, and closes the connection', async () => {
    const closed = Promise.withResolvers<void>()
    const url = await serve((_request, _body, response) => {
      response.on('close', () => closed.resolve())
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(1_000)));
      }
      response.on('drain', more)
      more()
    })
    const error = await failureOf(agentAt(url, { bodyMaxBytes: 5_000 }), {})
    expect(error).toMatchObject({ name: 'RangeError', retryable: false })
    await closed.promise
  })

  it.each([
    ['garbage', '\u0000\u0001<html>secret page</html>'],
    ['nothing', ''],
    ['JSON that stops', '{"sum":'],
  ])('leaves %s to the retries, and repeats none of it', async (_what, body) => {
    const error = await failureOf(agentAt(await answering(200, body)), {})
    expect(error.message).toBe('The service of agent "remote" answered with something that is not JSON.')
    expect(error).not.toHaveProperty('retryable')
    expect(error.cause).toBeUndefined()
  })

  it('leaves a service that dies in the middle of its answer to the retries', async () => {
    const url = await serve((_request, _body, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"sum":', () => response.destroy())
    })
    const error = await failureOf(agentAt(url), {})
    expect(error.message).toMatch(/broke off its answer/)
    expect(error).not.toHaveProperty('retryable')
  })

  it('ends the request when the attempt is cut', async () => {
    const arrived = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    const url = await serve((request) => {
      request.socket.on('close', () => closed.resolve())
      arrived.resolve()
    })
    const control = new AbortController()
    const failing = failureOf(agentAt(url), {}, { signal: control.signal })
    await arrived.promise
    control.abort(new Error('cut'))
    expect((await failing).message).toBe('cut')
    await closed.promise
  })

  it('asks nobody once the attempt is cut', async () => {
    const visits: string[] = []
    const url = await serve((request, _body, response) => {
      visits.push(request.url ?? '')
      response.end('{}')
    })
    const signal = AbortSignal.abort(new Error('too late'))
    expect((await failureOf(agentAt(url), {}, { signal })).message).toBe('too late')
    expect(visits).toEqual([])
  })

  it('does not send what JSON cannot carry', async () => {
    const url = await answering(200)
    for (const input of [{ n: 1n }, { n: Number.NaN }, { f: () => 1 }])
      expect(await failureOf(agentAt(url), input)).toMatchObject({ name: 'TypeError', retryable: false })
  })

  it('lets hostile keys change nothing but the answer itself', async () => {
    const url = await answering(200, '{"sum":1,"__proto__":{"polluted":true},"constructor":{"prototype":{}}}')
    const output = await ask(agentAt(url), {})
    expect(Object.getPrototypeOf(output)).toBe(Object.prototype)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('holds no header, path or query in any error', async () => {
    const gone = await loopback(() => {})
    await gone.close()
    const errors = [
      await failureOf(agentAt(`${gone.origin}${PATH}`), {}),
      await failureOf(agentAt(await answering(401, 'bad Bearer hidden-in-header')), {}),
    ]
    expect(errors[0]?.message).toMatch(/could not be reached: .*ECONNREFUSED/)
    for (const error of errors) expect(`${error.message} ${String(error.cause)}`).not.toMatch(/hidden|work/)
  })

  it.each([
    ['a url that is no URL', { url: 'nonsense' }],
    ['another protocol', { url: 'file:///etc/passwd' }],
    ['a password in the url', { url: 'https://user:pass@acme.org/' }],
    ['a header that HTTP cannot carry', { headers: { authorization: 'hidden\nx: y' } }],
    ['another method', { method: 'GET' as 'POST' }],
    ['an option nobody reads', { bodyMaxBites: 1 }],
    ['no output', { output: undefined as never }],
  ])('refuses %s when it is made, without repeating it', (_what, wrong) => {
    const options = { name: 'remote', url: 'https://acme.org/', output: z.unknown(), ...wrong }
    let thrown: unknown
    try {
      httpAgent(options)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'agent.invalid', message: expect.not.stringContaining('hidden') })
  })
})
