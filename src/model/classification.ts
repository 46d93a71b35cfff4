/** Proposes stage, priority and policy from the whole words of a critic's name. */

import type { PolicyName } from './critic.ts'
import type { Stage } from './stages.ts'

export type Classification = { stage?: Stage; priority?: number; policy?: PolicyName }

type Rule<T> = readonly [words: readonly string[], value: T]

const stageRules: readonly Rule<Stage>[] = [
  [['prevalidation', 'precheck', 'sanity', 'schema'], 'PRE_VALIDATION'],
  [['fast', 'quick', 'lightweight'], 'FAST_CRITICS'],
  [['deep', 'detailed', 'thorough', 'comprehensive'], 'DEEP_ANALYSIS'],
  [['postprocess', 'postprocessing', 'aggregate', 'summary', 'audit', 'log'], 'POST_PROCESSING'],
  [['validate', 'validation', 'validator', 'verify', 'final'], 'VALIDATION'],
]

const priorityRules: readonly Rule<number>[] = [
  [['safety', 'safe', 'security', 'secret', 'secrets', 'harm'], 1],
  [['bias', 'discrimination', 'rights'], 2],
  [['fairness', 'fair', 'equity', 'autonomy'], 3],
  [['pii', 'privacy', 'personal', 'truth', 'fact', 'facts'], 4],
  [['style', 'tone', 'format', 'grammar', 'readability'], 7],
  [['audit', 'log', 'metrics', 'telemetry'], 9],
]

const policyRules: readonly Rule<PolicyName>[] = [
  [['safety', 'security'], 'ALWAYS'],
  [['deep', 'detailed', 'thorough', 'comprehensive'], 'ON_VIOLATION'],
  [['pii', 'privacy', 'compliance'], 'ON_HIGH_RISK'],
  [['uncertainty', 'ambiguity', 'confidence'], 'ON_UNCERTAINTY'],
]

/** Splits `deepBias-check_2` into deep, bias, check, 2: `catalog` is a word of its own and contains no `log`. */
function wordsOf(name: string): ReadonlySet<string> {
  const spaced = name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
  return new Set(
    spaced
      .toLowerCase()
      .split(/[^a-z\d]+/)
      .filter(Boolean),
  )
}

function firstMatch<T>(rules: readonly Rule<T>[], words: ReadonlySet<string>): T | undefined {
  return rules.find(([ruleWords]) => ruleWords.some((word) => words.has(word)))?.[1]
}

/** What a name suggests; a property is absent where it suggests nothing. First matching rule wins. */
export function classifyCritic(name: string): Classification {
  const words = wordsOf(name)
  const stage = firstMatch(stageRules, words)
  const priority = firstMatch(priorityRules, words)
  const policy = firstMatch(policyRules, words)
  return {
    ...(stage === undefined ? {} : { stage }),
    ...(priority === undefined ? {} : { priority }),
    ...(policy === undefined ? {} : { policy }),
  }
}
