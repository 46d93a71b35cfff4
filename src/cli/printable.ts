/** Makes text of others safe to print: one line, no control characters that could drive a terminal. */

const LENGTH_MAX = 300

// Control and format characters, line and paragraph separators, lone surrogates.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu

/** `text` on one line and at most 300 characters long. */
export function printable(text: string): string {
  const clean = text.replaceAll(unprintable, ' ').trim()
  return clean.length > LENGTH_MAX ? `${clean.slice(0, LENGTH_MAX - 1)}…` : clean
}

/** Text of several lines, each of them safe to print. */
export function printableLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replaceAll(unprintable, ' '))
    .join('\n')
}

/** What an error says, without its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Node's short name of a system error, e.g. `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}
