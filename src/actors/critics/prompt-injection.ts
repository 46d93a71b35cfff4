/** The prompt injection critic: does a text try to give the model orders? A heuristic, not a proof. */

import { z } from 'zod'
import type { Critic, Evaluate } from '../../model/critic.ts'
import type { Finding } from '../../model/finding.ts'
import { builtInCritic, type BuiltIn, type CriticOptions } from './built-in-critic.ts'
import { fold } from './fold.ts'
import { Look, textsOf, type LookedAt } from './look.ts'
import { decodedRunsIn } from './prompt-injection/encoded-payload.ts'
import { fakeTagsIn } from './prompt-injection/fake-tags.ts'
import { hiddenCharactersIn, tagsAsText } from './prompt-injection/hidden-characters.ts'
import { imageExfiltrationIn } from './prompt-injection/image-exfiltration.ts'
import { phrasesIn } from './prompt-injection/phrases.ts'
import { placeOf, Tally } from './tally.ts'

const Own = z.strictObject({
  /** Scores below this are reported as clean; 0 to 1. */
  scoreMin: z.number().min(0).max(1).default(0.3),
  /** Rules that are not looked for, e.g. `injection.fake_tag` where people discuss markup. */
  ignoreRules: z.array(z.string()).default([]),
  look: Look.default('prompt'),
})

export type PromptInjectionOptions = z.input<typeof Own>

const kind: BuiltIn<typeof Own> = {
  defaults: { name: 'prompt_injection', stage: 'PRE_VALIDATION', priority: 1, domain: 'risk' },
  own: Own,
  work: (own) => promptInjectionWork(own),
}

/**
 * A heuristic. It looks at the prompt (`look: 'both'` adds the response) for these families:
 * - `injection.override`: ignore the previous instructions
 * - `injection.system_prompt`: reveal the system prompt
 * - `injection.role`: act without rules, "developer mode"
 * - `injection.fake_tag`: chat tokens, `<system>` tags and role lines inside a text
 * - `injection.encoded`: base64 or hex that decodes to any of the first three, or the order to decode and obey
 * - `injection.hidden_text`: tag characters, stacked variation selectors, zero-width runs, direction overrides
 * - `injection.image_exfiltration`: markdown images whose address carries data away
 *
 * Each family has a weight; `score` is 1 minus the product of what the weights leave. It catches the known, the lazy
 * and the copied. It cannot catch what is paraphrased, acted out over several turns, written in a language it does
 * not know, or hidden in an image; and it cannot tell an attack from an article that quotes one. So every finding is
 * uncertain: 0.3 when clean, 0.5 for one weak sign, 0.4 for one strong family, 0.2 for several. Do not let it be the
 * only thing between a text and a tool.
 */
export function promptInjectionCritic<
  const Name extends string = 'prompt_injection',
  const DependsOn extends string = never,
>(
  options: PromptInjectionOptions & CriticOptions<Name, DependsOn> = {},
): Critic<NoInfer<Name>, NoInfer<DependsOn>> {
  return builtInCritic(kind, options)
}

type Sign = {
  readonly rule: string
  readonly weight: number
  readonly start: number
  readonly label?: string
}

const LABELS: Readonly<Record<string, string>> = {
  'injection.override': 'an order to ignore instructions',
  'injection.system_prompt': 'a request for hidden instructions',
  'injection.role': 'an order to take a role without rules',
  'injection.fake_tag': 'a mark that imitates another speaker',
  'injection.encoded': 'encoded instructions',
  'injection.hidden_text': 'invisible characters',
  'injection.image_exfiltration': 'an image address that carries data',
}

function promptInjectionWork({ look, scoreMin, ignoreRules }: z.output<typeof Own>): Evaluate {
  const ignored = new Set(ignoreRules)
  return (input) => {
    const found: { sign: Sign; where: string }[] = []
    const weights = new Map<string, number>()
    let skipped = 0
    for (const looked of textsOf(input, look))
      skipped += signsIn(looked, (sign) => {
        if (ignored.has(sign.rule)) return
        weights.set(sign.rule, Math.max(weights.get(sign.rule) ?? 0, sign.weight))
        found.push({ sign, where: looked.where })
      })
    const score = 1 - [...weights.values()].reduce((left, weight) => left * (1 - weight), 1)
    return findingOf(score < scoreMin ? [] : found, weights, score, skipped)
  }
}

/** Reports every sign in a text; returns how many encoded runs were left unread. */
function signsIn({ text }: LookedAt, report: (sign: Sign) => void): number {
  const { text: folded, originOf } = fold(text)
  phrasesIn(folded, (hit) => report({ ...hit, start: originOf(hit.start) }))
  for (const sign of fakeTagsIn(text)) report(sign)
  for (const sign of hiddenCharactersIn(text)) report(sign)
  for (const sign of imageExfiltrationIn(text)) report(sign)
  const { runs, skipped } = decodedRunsIn(text)
  for (const { start, text: decoded } of [...runs, { start: 0, text: tagsAsText(text) }])
    phrasesIn(fold(decoded).text, () => report({ rule: 'injection.encoded', weight: 0.9, start }))
  return skipped
}

const STRONG = 0.6

function findingOf(
  found: readonly { sign: Sign; where: string }[],
  weights: ReadonlyMap<string, number>,
  score: number,
  skipped: number,
): Finding {
  const families = weights.size
  const isStrong = [...weights.values()].some((weight) => weight >= STRONG)
  const severity = isStrong ? (families > 1 ? 2.5 : 2) : 1
  const tally = new Tally()
  for (const { sign, where } of found)
    tally.add(
      sign.rule,
      severity,
      () => `${sign.label ?? LABELS[sign.rule] ?? sign.rule} ${placeOf(sign.start, where)}`,
    )
  return {
    ...tally.finding({
      clean: 'No sign of prompt injection was found.',
      broken: 'Signs of prompt injection were found',
    }),
    score,
    uncertainty: uncertaintyOf(found.length > 0, isStrong, families, skipped),
  }
}

/** Above 0.7, where ON_UNCERTAINTY opens, when part of the text was left unread. */
function uncertaintyOf(isFound: boolean, isStrong: boolean, families: number, skipped: number): number {
  if (!isFound) return skipped > 0 ? 0.8 : 0.3
  if (!isStrong) return 0.5
  return families > 1 ? 0.2 : 0.4
}
