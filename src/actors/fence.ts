/** A fence around text that is to be judged, so that the text cannot pretend to stand outside of it. */

import { hashOf } from '../model/canonical.ts'

/**
 * The text as a JSON string between two tags. The tags carry a hash of the text itself, which nobody can write into
 * the text beforehand; inside, line ends, quotes and `<` are escaped, so that nothing looks like a tag or a new line.
 */
export function fenced(label: string, text: string): string {
  const tag = `${label}-${hashOf([label, text]).slice(0, 16)}`
  const escaped = JSON.stringify(text).replaceAll('<', '\\u003c')
  return `<${tag}>\n${escaped}\n</${tag}>`
}
