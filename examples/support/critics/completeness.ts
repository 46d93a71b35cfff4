/** Checks at the very end that an answer is whole: it ends like one, and every code block is closed. */

import { defineCritic, type Finding } from 'stagecraft'

export const completeness = defineCritic({
  name: 'completeness',
  stage: 'VALIDATION',
  domain: 'operations',
  evaluate: ({ response }): Finding => {
    const text = response.trimEnd()
    const rules = [
      ...(text === '' ? ['completeness.empty'] : []),
      ...(/[.!?:)\]"'`\u2019\u201d]$/.test(text) || text === '' ? [] : ['completeness.cut_off']),
      ...((text.match(/```/g)?.length ?? 0) % 2 === 0 ? [] : ['completeness.open_code_block']),
    ]
    if (rules.length === 0) return { severity: 0 }
    return {
      violations: rules.map((rule) => ({ rule, severity: 1 })),
      justification: 'The answer is not whole.',
    }
  },
})
