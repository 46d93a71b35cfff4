/** Phrases with gaps, such as "ignore … previous … instructions": found in one pass over the words. */

import { eachWord } from '../words.ts'

/** Each step is a set of words; `gap` is how many words further the next one may be. */
export type Phrase = {
  readonly rule: string
  readonly weight: number
  readonly gap: number
  readonly steps: readonly string[]
}

const OVERRIDE = 'injection.override'
const EXFILTRATION = 'injection.system_prompt'
const ROLE = 'injection.role'
const ENCODED = 'injection.encoded'

/** Alternatives are separated by spaces. English, with the commonest forms of a few other languages. */
export const PHRASES: readonly Phrase[] = [
  {
    rule: OVERRIDE,
    weight: 0.8,
    gap: 5,
    steps: [
      "ignore disregard forget override bypass neglect overlook ignoring disregarding don't stop",
      'previous prior above earlier preceding foregoing all any your system initial original every these those obey follow following',
      'instruction instructions prompt prompts rule rules directions directive directives guideline guidelines guardrails constraints commands programming restrictions',
    ],
  },
  {
    rule: OVERRIDE,
    weight: 0.8,
    gap: 4,
    steps: ['ignore disregard forget', 'everything anything all', 'above before previously told said'],
  },
  {
    rule: OVERRIDE,
    weight: 0.6,
    gap: 4,
    steps: ['new updated real actual', 'instruction instructions', 'follow supersede override replace'],
  },
  {
    rule: OVERRIDE,
    weight: 0.8,
    gap: 4,
    steps: [
      'ignora olvida ignorez oubliez ignoriere vergiss ignore',
      'instrucciones instructions anweisungen instrucoes istruzioni reglas regeln',
      'anteriores previas precedentes vorherigen anterieures precedenti',
    ],
  },
  {
    rule: OVERRIDE,
    weight: 0.8,
    gap: 4,
    steps: [
      'ignoriere vergiss missachte',
      'alle vorherigen bisherigen obigen',
      'anweisungen regeln instruktionen',
    ],
  },
  {
    rule: EXFILTRATION,
    weight: 0.7,
    gap: 5,
    steps: [
      'reveal show print repeat output display leak dump expose disclose recite tell what whats',
      'system hidden initial secret developer original internal confidential full exact',
      'prompt prompts instructions message preamble rules guidelines configuration',
    ],
  },
  {
    rule: EXFILTRATION,
    weight: 0.7,
    gap: 4,
    steps: ['repeat print output copy recite', 'everything words text all', 'above before'],
  },
  { rule: ROLE, weight: 0.8, gap: 2, steps: ['do', 'anything', 'now'] },
  {
    rule: ROLE,
    weight: 0.7,
    gap: 1,
    steps: [
      'dan developer god sudo jailbreak jailbroken debug admin',
      'mode',
      'enabled activated on unlocked engaged activate',
    ],
  },
  {
    rule: ROLE,
    weight: 0.7,
    gap: 4,
    steps: ['enter enable activate switch', 'developer god sudo dan jailbreak unrestricted', 'mode'],
  },
  {
    rule: ROLE,
    weight: 0.7,
    gap: 4,
    steps: [
      'you',
      'are',
      'now',
      'dan unrestricted unfiltered uncensored jailbroken free evil root amoral unbound',
    ],
  },
  {
    rule: ROLE,
    weight: 0.7,
    gap: 6,
    steps: [
      'act pretend roleplay behave respond answer',
      'no without any',
      'restrictions filters limits limitations guidelines rules censorship ethics',
    ],
  },
  { rule: ROLE, weight: 0.5, gap: 4, steps: ['from', 'now', 'on', 'you', 'must will shall are'] },
  {
    rule: ENCODED,
    weight: 0.6,
    gap: 5,
    steps: [
      'decode decrypt base64 rot13 hex',
      'following this below',
      'follow execute obey run do perform comply',
    ],
  },
]

/** Where each phrase ends: its rule, its weight, and the start of its last word. */
export type PhraseHit = { readonly rule: string; readonly weight: number; readonly start: number }

type Step = { readonly phrase: Phrase; readonly step: number }

/** Words ago: further than any gap. */
const LONG_AGO = -1_000

/** Built once: from each word to the steps it can take, later steps first so that one word takes one step of a phrase. */
const stepsOf = new Map<string, Step[]>()
for (const phrase of PHRASES)
  for (const [step, words] of phrase.steps.entries())
    for (const word of words.split(' ')) stepsOf.set(word, [{ phrase, step }, ...(stepsOf.get(word) ?? [])])
const LENGTHS = [...stepsOf.keys()].map((word) => word.length)
const SHORTEST = Math.min(...LENGTHS)
const LONGEST = Math.max(...LENGTHS)

/** Time: one look-up a word. Of overlapping readings of a phrase one is enough. */
export function phrasesIn(folded: string, found: (hit: PhraseHit) => void): void {
  // For each phrase: the number of the word at which each step was last taken.
  const taken = new Map(PHRASES.map((phrase) => [phrase, phrase.steps.map(() => LONG_AGO)]))
  let count = 0
  eachWord(folded, (start, end) => {
    count++
    if (end - start < SHORTEST || end - start > LONGEST) return
    for (const { phrase, step } of stepsOf.get(folded.slice(start, end)) ?? []) {
      const reached = taken.get(phrase)
      if (reached === undefined || (step > 0 && count - (reached[step - 1] ?? LONG_AGO) > phrase.gap))
        continue
      reached[step] = count
      if (step < phrase.steps.length - 1) continue
      found({ rule: phrase.rule, weight: phrase.weight, start })
      reached.fill(LONG_AGO)
    }
  })
}
