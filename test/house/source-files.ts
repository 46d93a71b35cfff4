/** The source as the tests of the house see it: files, and what each imports. */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

export type SourceFile = {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
}

export type Import = {
  /** As written, or for a relative one the path from the root. */
  readonly target: string
  readonly isTypeOnly: boolean
  /** `import('…')`: loaded when it is needed, not when the file is. */
  readonly isDynamic: boolean
}

/** `import … from`, `export … from`, `import '…'` and `import('…')`, over several lines too. */
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?'([^']+)'|(?<!typeof )import\(\s*'([^']+)'\s*\)/g

export function sourceFiles(folder: string): readonly SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readSource(join(folder, path)))
}

export function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  const imports = [...text.matchAll(IMPORT)].map((match) => {
    const written = match[2] ?? match[3] ?? ''
    const target = written.startsWith('.') ? relative(root, resolve(root, dirname(path), written)) : written
    return { target, isTypeOnly: match[1] !== undefined, isDynamic: match[3] !== undefined }
  })
  return { path, text, imports }
}
