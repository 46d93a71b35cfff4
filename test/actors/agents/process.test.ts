import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { processAgent, type ProcessAgentOptions } from '../../../src/actors/agents/process.ts'
import { ask, failureOf } from './asking.ts'

/** An agent whose program is this JavaScript. */
const running = (script: string, more: Partial<ProcessAgentOptions> = {}) =>
  processAgent({
    name: 'program',
    command: process.execPath,
    args: ['-e', script],
    output: z.unknown(),
    ...more,
  })

const READ = `let text = ''; process.stdin.on('data', (part) => (text += part)).on('end', () => { const input = JSON.parse(text);`

const folders: string[] = []
const servers: Server[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done))
})

/** A place to connect to, which is reported as progress: whoever hangs up has died. */
async function lifeline() {
  const connected = Promise.withResolvers<void>()
  const died = Promise.withResolvers<void>()
  const server = createServer((socket: Socket) => {
    connected.resolve()
    socket.on('error', () => {}).on('close', () => died.resolve())
  })
  servers.push(server)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as { port: number }
  const hold = `require('node:net').connect(${port}, '127.0.0.1').on('connect', () => { process.stderr.write('{"progress": 0}\\n'); globalThis.go?.() }).on('error', () => {}).on('close', () => process.exit());`
  return { connected: connected.promise, died: died.promise, hold }
}

describe('the process agent', () => {
  it('gives its input on stdin and takes its output from stdout', async () => {
    const agent = running(`${READ} console.log(JSON.stringify({ sum: input.a + input.b })) })`)
    expect(await ask(agent, { a: 1, b: 2 })).toEqual({ sum: 3 })
  })

  it('hands on key and attempt, and of the host only what it was told to', async () => {
    process.env['STAGECRAFT_TEST_HIDDEN'] = 'h'
    process.env['STAGECRAFT_TEST_SHOWN'] = 's'
    const agent = running('console.log(JSON.stringify(process.env))', {
      env: { OWN: 'o', STAGECRAFT_KEY: 'mine' },
      inheritEnv: ['STAGECRAFT_TEST_SHOWN'],
    })
    const seen = await ask(agent, null, { key: 'p.PHASE.1.t', attempt: 3 })
    expect(seen).toMatchObject({
      OWN: 'o',
      STAGECRAFT_TEST_SHOWN: 's',
      STAGECRAFT_KEY: 'p.PHASE.1.t',
      STAGECRAFT_ATTEMPT: '3',
      PATH: process.env['PATH'],
    })
    expect(seen).not.toHaveProperty('STAGECRAFT_TEST_HIDDEN')
    delete process.env['STAGECRAFT_TEST_HIDDEN']
    delete process.env['STAGECRAFT_TEST_SHOWN']
  })

  it('gives its arguments as they are: no shell reads them', async () => {
    const agent = processAgent({
      name: 'program',
      command: process.execPath,
      args: ['-p', 'JSON.stringify(process.argv.slice(1))', '$(id)', '; ls', '*'],
      output: z.unknown(),
    })
    expect(await ask(agent, null)).toEqual(['$(id)', '; ls', '*'])
  })

  it('reports progress by lines on stderr, and passes over what is none', async () => {
    const reports: unknown[] = []
    const agent = running(`
      process.stderr.write('starting\\n{"progress": 0.2}\\n{"progress": {"fraction": 0.5, "mess')
      setTimeout(() => {
        process.stderr.write('age": "half"}}\\n{"progress": broken}\\n{"other": 1}\\n { "progress" : 1 }\\r\\n' + 'x'.repeat(100_000) + '\\n')
        console.log('1')
      }, 20)`)
    expect(await ask(agent, null, { progress: (report) => reports.push(report) })).toBe(1)
    expect(reports).toEqual([0.2, { fraction: 0.5, message: 'half' }, 1])
  })

  it('leaves an exit code to the retries, with the last words of the process', async () => {
    const agent = running(`console.error('\\u001b[31mdisk on fire\\u001b[0m'); process.exit(3)`)
    const error = await failureOf(agent, null)
    expect(error.message).toMatch(/ended with code 3: disk on fire$/)
    expect(error).not.toHaveProperty('retryable')
  })

  it.each([64, 65, 66, 77, 78])('does not try exit code %i again', async (code) => {
    expect(await failureOf(running(`process.exit(${code})`), null)).toMatchObject({ retryable: false })
  })

  it('keeps the last words short, and names secrets instead of showing them', async () => {
    const agent = running(
      `process.stderr.write('y'.repeat(5_000_000) + process.env.TOKEN + 'z'.repeat(1_990)); process.exitCode = 1`,
      { env: { TOKEN: 'correct-horse' } },
    )
    const { message } = await failureOf(agent, null)
    expect(message.length).toBeLessThan(2_200)
    expect(message).toContain('[TOKEN]zzz')
    expect(message).not.toContain('horse')
  })

  it('leaves an end by a signal to the retries', async () => {
    const error = await failureOf(running(`process.kill(process.pid, 'SIGKILL')`), null)
    expect(error.message).toMatch(/was ended by SIGKILL/)
    expect(error).not.toHaveProperty('retryable')
  })

  it.each([
    ['garbage', `process.stdout.write(Buffer.from([0xff, 0xfe, 0x00]))`],
    ['nothing', ''],
    ['two values', `console.log('{}'); console.log('{}')`],
  ])('does not try again after %s', async (_what, script) => {
    const error = await failureOf(running(script), null)
    expect(error).toMatchObject({ retryable: false, message: expect.stringContaining('not JSON') })
  })

  it('ends a process whose output never ends', async () => {
    const { hold, died } = await lifeline()
    const agent = running(
      `${hold} const more = () => { while (process.stdout.write('x'.repeat(65_536))); }; process.stdout.on('drain', more); globalThis.go = more`,
      { outputMaxBytes: 1_000_000 },
    )
    expect(await failureOf(agent, null)).toMatchObject({ name: 'RangeError', retryable: false })
    await died
  })

  it('accepts exactly as many bytes as it may', async () => {
    const script = `process.stdout.write('"' + 'é'.repeat(9) + '"')`
    expect(await ask(running(script, { outputMaxBytes: 20 }), null)).toBe('é'.repeat(9))
    expect((await failureOf(running(script, { outputMaxBytes: 19 }), null)).name).toBe('RangeError')
  })

  it('does not mind a process that never reads its input', async () => {
    const agent = running(`process.stdin.destroy(); console.log('1')`)
    expect(await ask(agent, 'x'.repeat(1_000_000))).toBe(1)
  })

  it('asks a process to end when the attempt is cut', async () => {
    const { hold, connected, died } = await lifeline()
    const reports: unknown[] = []
    const control = new AbortController()
    const failing = failureOf(
      running(
        `${hold} process.on('SIGTERM', () => { process.stderr.write('{"progress": 1}\\n', () => process.exit()) })`,
        { killGraceMs: 20_000 },
      ),
      null,
      { signal: control.signal, progress: (report) => reports.push(report) },
    )
    await connected
    control.abort(new Error('cut'))
    expect((await failing).message).toBe('cut')
    await died
    expect(reports).toEqual([0, 1])
  })

  it('kills a process that ignores SIGTERM, after the grace', async () => {
    const { hold, connected, died } = await lifeline()
    const control = new AbortController()
    const failing = failureOf(
      running(`process.on('SIGTERM', () => {}); ${hold}`, { killGraceMs: 50 }),
      null,
      {
        signal: control.signal,
      },
    )
    await connected
    control.abort(new Error('cut'))
    expect((await failing).message).toBe('cut')
    await died
  })

  it('ends what the process has started, too', async () => {
    const { hold, connected, died } = await lifeline()
    const control = new AbortController()
    const grandchild = JSON.stringify(`process.on('SIGTERM', () => {}); ${hold}`)
    const failing = failureOf(
      running(
        `require('node:child_process').spawn(process.execPath, ['-e', ${grandchild}], { stdio: 'ignore' })`,
        {
          killGraceMs: 50,
        },
      ),
      null,
      { signal: control.signal },
    )
    await connected
    control.abort(new Error('cut'))
    expect((await failing).message).toBe('cut')
    await died
  })

  it('starts nothing once the attempt is cut', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stagecraft-'))
    folders.push(folder)
    const mark = JSON.stringify(join(folder, 'mark'))
    const agent = running(`require('node:fs').writeFileSync(${mark}, '')`)
    const signal = AbortSignal.abort(new Error('too late'))
    expect((await failureOf(agent, null, { signal })).message).toBe('too late')
    expect(() => chmodSync(join(folder, 'mark'), 0o600)).toThrow(/ENOENT/)
  })

  it('says so when the program is not there, is no program, or has no such folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stagecraft-'))
    folders.push(folder)
    const text = join(folder, 'text')
    writeFileSync(text, 'no program', { mode: 0o600 })
    const wrong = [
      { command: 'no-such-program-anywhere' },
      { command: text },
      { cwd: join(folder, 'nowhere') },
      { args: ['x'.repeat(8_000_000)] },
    ]
    for (const more of wrong)
      expect(await failureOf(running('', more), null)).toMatchObject({
        retryable: false,
        message: expect.stringMatching(/could not be started \((ENOENT|EACCES|E2BIG)\)/),
      })
  })

  it('leaves nothing behind when the host exits', async () => {
    const { hold, died } = await lifeline()
    const module = new URL('../../../src/actors/agents/process.ts', import.meta.url).href
    const host = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `const { processAgent } = await import(${JSON.stringify(module)})
       const output = { '~standard': { version: 1, vendor: 'x', validate: (value) => ({ value }) } }
       const script = ${JSON.stringify(hold)}
       const agent = processAgent({ name: 'p', command: process.execPath, args: ['-e', script], output })
       await agent.run(null, { signal: new AbortController().signal, attempt: 1, key: 'k', progress: () => process.exit(7) })`,
    ])
    const code = await new Promise((done) => host.on('exit', done))
    expect(code).toBe(7)
    await died
  })

  it('lets hostile keys change nothing but the output itself', async () => {
    const output = await ask(running(`console.log('{"__proto__":{"polluted":true}}')`), null)
    expect(Object.getPrototypeOf(output)).toBe(Object.prototype)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('refuses options that make no sense', () => {
    for (const wrong of [{ command: '' }, { args: ['a\0b'] }, { killGraceMs: -1 }, { shell: true }])
      expect(() => running('', wrong)).toThrow(expect.objectContaining({ code: 'agent.invalid' }))
  })
})
