import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { httpCritic } from '../../../src/actors/critics/index.ts'
import { evaluate, evaluateRaw } from './evaluate.ts'
import { loopback, type Handler } from '../loopback.ts'

const serve = async (handle: Handler) => `${(await loopback(handle)).origin}/judge`

const answering = (status: number, body = '{}', headers: Record<string, string> = {}) =>
  serve((_request, _body, response) => response.writeHead(status, headers).end(body))

describe('the HTTP critic', () => {
  it('posts the input with its key and attempt, and takes the answer as the finding', async () => {
    const seen: { method: string | undefined; headers: IncomingMessage['headers']; body: unknown }[] = []
    const url = await serve(({ method, headers }, body, response) => {
      seen.push({ method, headers, body: JSON.parse(body) })
      response.end('{"severity":2,"violations":["rude"]}')
    })
    const critic = httpCritic({ url, headers: { authorization: 'Bearer x', 'idempotency-key': 'mine' } })
    const finding = await evaluate(
      critic,
      { prompt: 'p', response: 'r', context: { riskTier: 'high' } },
      { attempt: 2, key: 'k-1' },
    )
    expect(finding).toEqual({ severity: 2, violations: ['rude'] })
    expect(seen).toMatchObject([
      {
        method: 'POST',
        headers: {
          authorization: 'Bearer x',
          'idempotency-key': 'k-1',
          'stagecraft-attempt': '2',
          'content-type': 'application/json',
        },
        body: { id: 'review-1', prompt: 'p', response: 'r', context: { riskTier: 'high' } },
      },
    ])
  })

  it.each([400, 401, 404, 422])('marks status %i as final', async (status) => {
    const critic = httpCritic({ url: await answering(status, 'no') })
    await expect(evaluate(critic, 'x')).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining(`${status}`),
    })
  })

  it.each([408, 409, 425, 429, 500, 503])('leaves status %i to the retries', async (status) => {
    const error = await evaluate(httpCritic({ url: await answering(status) }), 'x').catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toHaveProperty('retryable')
  })

  it('refuses redirects, unless told to follow them', async () => {
    const target = await answering(200, '{"severity":1}')
    const url = await answering(307, '', { location: target })
    await expect(evaluate(httpCritic({ url }), 'x')).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining('redirect'),
    })
    expect(await evaluate(httpCritic({ url, redirect: 'follow' }), 'x')).toEqual({ severity: 1 })
  })

  it('cuts an answer that is too long, and closes the connection', async () => {
    let closed: () => void
    const isClosed = new Promise<void>((done) => (closed = done))
    const url = await serve((_request, _body, response) => {
      response.on('close', () => closed())
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(1_000)));
      }
      response.on('drain', more)
      more()
    })
    const reading = evaluate(httpCritic({ url, bodyMaxBytes: 5_000 }), 'x')
    await expect(reading).rejects.toMatchObject({ name: 'RangeError', retryable: false })
    await isClosed
  })

  it('counts bytes, and accepts exactly as many as it may', async () => {
    const body = JSON.stringify({ justification: 'é'.repeat(10) })
    const url = await answering(200, body)
    const bytes = new TextEncoder().encode(body).byteLength
    expect(await evaluate(httpCritic({ url, bodyMaxBytes: bytes }), 'x')).toEqual({
      justification: 'é'.repeat(10),
    })
    await expect(evaluate(httpCritic({ url, bodyMaxBytes: bytes - 1 }), 'x')).rejects.toThrow(/more than/)
  })

  it('says so when the answer is not JSON', async () => {
    await expect(evaluate(httpCritic({ url: await answering(200, '<html>') }), 'x')).rejects.toThrow(
      /not JSON/,
    )
    await expect(evaluate(httpCritic({ url: await answering(204, '') }), 'x')).rejects.toThrow(/not JSON/)
  })

  it('leaves it to the panel to judge whether the JSON is a finding', async () => {
    expect(await evaluateRaw(httpCritic({ url: await answering(200, '"fine"') }), { response: 'x' })).toBe(
      'fine',
    )
  })

  it('closes the connection when the attempt is cut', async () => {
    const arrived = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    const url = await serve((request, _body, _response) => {
      request.socket.on('close', () => closed.resolve())
      arrived.resolve()
    })
    const control = new AbortController()
    const evaluation = evaluate(httpCritic({ url }), 'x', { signal: control.signal })
    await arrived.promise
    control.abort(new Error('cut'))
    await expect(evaluation).rejects.toThrow('cut')
    await closed.promise
  })

  it('says why a service could not be reached', async () => {
    const { origin, close } = await loopback(() => {})
    await close()
    await expect(evaluate(httpCritic({ url: origin }), 'x')).rejects.toThrow(
      /could not be reached: .*ECONNREFUSED/,
    )
  })

  it.each([
    'ftp://acme.org/x',
    'file:///etc/passwd',
    'data:application/json,{}',
    'nonsense',
    'https://user:pass@acme.org/',
  ])('refuses the url %s', (url) => {
    expect(() => httpCritic({ url })).toThrow(expect.objectContaining({ code: 'critic.invalid' }))
  })
})
