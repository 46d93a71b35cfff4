import { expect, it } from 'vitest'
import { sourceFiles } from '../../house/source-files.ts'

it('LangGraph is known by its shape alone: nothing in the source imports it', () => {
  const imports = sourceFiles('src').flatMap(({ path, imports: all }) =>
    all.map(({ target }) => `${path} imports ${target}`),
  )
  expect(imports.length).toBeGreaterThan(100)
  expect(imports.filter((line) => line.includes('@langchain'))).toEqual([])
})
