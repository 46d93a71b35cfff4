import { gzipSync } from 'node:zlib'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { describe, expect, it } from 'vitest'
import { root } from './source-files.ts'

/** Bundles a door for a browser, as an application's bundler would; what cannot run there fails here. */
async function bundle(door: string, external: readonly string[] = []) {
  const build = await rolldown({
    input: join(root, door),
    platform: 'browser',
    external: [...external],
    onLog: (level, log) => {
      if (level === 'warn') throw new Error(log.message)
    },
  })
  const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting: false })
  await build.close()
  return output[0].code
}

const KB = 1_024

describe('the bundle', () => {
  it('of the front door runs in a browser and stays small, dependencies included', async () => {
    const code = await bundle('src/index.ts')
    expect(code).not.toMatch(/from\s*["']node:/)
    expect(gzipSync(code).length / KB).toBeLessThan(82)
  })

  it('of the front door has little of our own: its dependencies left out', async () => {
    const code = await bundle('src/index.ts', [
      'xstate',
      'zod',
      'rxjs',
      'canonicalize',
      /^@noble/ as never,
      'lru-cache',
      'tinyqueue',
    ])
    expect(gzipSync(code).length / KB).toBeLessThan(35)
  })

  it('of the resilience parts runs in a browser', async () => {
    const code = await bundle('src/runtime/resilience/index.ts')
    expect(code).not.toMatch(/from\s*["']node:/)
    expect(gzipSync(code).length / KB).toBeLessThan(60)
  })

  it('of the critics runs in a browser, optional libraries left out', async () => {
    const code = await bundle('src/actors/critics/index.ts', [
      'ai',
      'obscenity',
      'libphonenumber-js',
      '@secretlint/core',
      '@secretlint/secretlint-rule-preset-recommend',
    ])
    expect(code).not.toMatch(/from\s*["']node:/)
    expect(gzipSync(code).length / KB).toBeLessThan(100)
  })
})
