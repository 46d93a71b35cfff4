/** Markdown that comes out right: tables, lists, numbers. */

/** What a person wrote, on one line and as nothing but text. */
export const inline = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\`*_[\]<>#|]/g, (sign) => `\\${sign}`)

const cell = (content: string | number): string =>
  String(content).replaceAll('|', '\\|').replaceAll('\n', ' ')

const line = (cells: readonly (string | number)[]): string => `| ${cells.map(cell).join(' | ')} |`

/** `align` of each column: l or r. */
export function table(
  align: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const rule = [...align].map((one) => (one === 'r' ? '--:' : '---'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

export const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n')

/** One after the other; what is empty is left out. */
export const sentences = (items: readonly string[]): string => items.filter((item) => item !== '').join(' ')

/** The same, with a line between them. */
export const paragraphs = (items: readonly string[]): string =>
  items.filter((item) => item !== '').join('\n\n')

/** So many digits that count, and no more zeros than that. */
export const digits = (value: number, count = 3): string => {
  const rounded = Number(value.toPrecision(count))
  return Math.abs(rounded) >= 1e5 ? `more than ${10 ** Math.floor(Math.log10(rounded))}` : String(rounded)
}
