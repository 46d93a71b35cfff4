/** Splits an answer into sentences, so that a critic can judge each in its own context. */

const sentenceSplitter = new Intl.Segmenter('en', { granularity: 'sentence' })

/** The sentences of a text, trimmed, without empty ones. */
export function sentencesOf(text: string): readonly string[] {
  return [...sentenceSplitter.segment(text)].map(({ segment }) => segment.trim()).filter(Boolean)
}

const denial =
  /\b(?:no|not|never|nobody|none|cannot|can't|isn't|aren't|don't|doesn't|careful with|beware of)\b/i

/** True when the words before `index` deny what follows: "there are no guaranteed returns". */
export function isDenied(sentence: string, index: number): boolean {
  return denial.test(sentence.slice(Math.max(0, index - 60), index))
}
