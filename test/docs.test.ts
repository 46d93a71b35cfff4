import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { root } from './house/source-files.ts'

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

const folder = join(root, 'test', '.docs-examples')

const textOf = (page: string) => readFileSync(join(root, page), 'utf8')

/** What an example shows, beside what its comment says it shows. */
const shown: [unknown, unknown][] = []
Object.assign(globalThis, { shown })

/** `console.log(review.verdict) // 'deny'` also compares the two. */
const checked = (code: string) =>
  code.replaceAll(
    /^(console\.log\((.+)\)) \/\/ ('[^']*'|\[[^\]]*\]|true|false)(?:[:,].*)?$/gm,
    '$1; (globalThis as never as { shown: [unknown, unknown][] }).shown.push([$2, $3])',
  )

const examples = pages.flatMap((page) =>
  [...textOf(page).matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match, index) => ({
    name: `${page.replaceAll(/\W/g, '-')}-${index + 1}`,
    page,
    code: `${checked(match[1] ?? '')}\nexport {}\n`,
  })),
)

describe('the documentation', () => {
  beforeAll(() => {
    mkdirSync(folder, { recursive: true })
    for (const { name, code } of examples) writeFileSync(join(folder, `${name}.ts`), code)
    const config = {
      extends: '../../tsconfig.json',
      compilerOptions: { paths: pathsFromHere() },
      include: ['*.ts'],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('has an example on every page that shows how something is done', () => {
    const without = pages.filter((page) => !examples.some((example) => example.page === page))
    expect(without).toEqual(['docs/command-line.md', 'docs/decisions.md'])
  })

  it('type-checks', () => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    expect(spawnSync(process.execPath, [tsc, '-p', folder, '--noEmit'], { encoding: 'utf8' }).stdout).toBe('')
  }, 60_000)

  it.each(examples)('runs, and shows what its comments say: $name', async ({ name }) => {
    const print = vi.spyOn(console, 'log').mockImplementation(() => {})
    try {
      await import(/* @vite-ignore */ join(folder, `${name}.ts`))
      expect(shown.splice(0).filter(([is, says]) => JSON.stringify(is) !== JSON.stringify(says))).toEqual([])
    } finally {
      print.mockRestore()
    }
  })

  it('links only to pages that exist', () => {
    const broken = pages.flatMap((page) =>
      [...textOf(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map(([, target = '']) => join(root, page, '..', target))
        .filter((path) => !exists(path))
        .map((path) => `${page}: ${path}`),
    )
    expect(broken).toEqual([])
  })

  it('stays short: no page over 200 lines', () => {
    expect(pages.filter((page) => textOf(page).split('\n').length > 200)).toEqual([])
  })
})

function exists(path: string): boolean {
  try {
    readdirSync(path)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'ENOTDIR'
  }
}

function pathsFromHere(): Record<string, string[]> {
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as {
    compilerOptions: { paths: Record<string, string[]> }
  }
  return Object.fromEntries(
    Object.entries(compilerOptions.paths).map(([name, [path = '']]) => [
      name,
      [path.replace('./', '../../')],
    ]),
  )
}
