/** Whether a text mentions something: whole words, so that a farm has no arm and a workspace no space. */

/** An expression for any of these words, each also with an ending `s`. A word may itself be an expression. */
export function mentionOf(...words: readonly string[]): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join('|')})s?(?![\\p{L}\\p{N}])`, 'iu')
}
