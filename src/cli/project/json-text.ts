/** JSON for a program that may be read by a person: nothing in it can drive a terminal. */

/** Characters that JSON.stringify leaves as they are and a terminal or a reader may be led astray by. */
const astray = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** On one line, or indented. It reads back as the same value. */
export function jsonText(value: unknown, { indent = 0 }: { readonly indent?: number } = {}): string {
  return JSON.stringify(value, null, indent).replaceAll(astray, (character) =>
    // The only control character JSON.stringify makes by itself is the line break of its indentation.
    character === '\n' ? character : escaped(character),
  )
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
