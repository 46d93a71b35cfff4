/** The panel of a help desk: nineteen critics over six stages. It needs no network and no keys. */

import { createPanel } from 'stagecraft'
import {
  denyListCritic,
  lengthCritic,
  personalDataCritic,
  profanityCritic,
  promptInjectionCritic,
  secretsCritic,
} from 'stagecraft/critics'
import { claims } from './critics/claims.ts'
import { codeSafety } from './critics/code-safety.ts'
import { completeness } from './critics/completeness.ts'
import { compliance } from './critics/compliance.ts'
import { deepReview } from './critics/deep-review.ts'
import { dosage } from './critics/dosage.ts'
import { factCheck } from './critics/fact-check.ts'
import { fairness } from './critics/fairness.ts'
import { financePromises } from './critics/finance-promises.ts'
import { obedience } from './critics/obedience.ts'
import { professionalReferral } from './critics/professional-referral.ts'
import { summary } from './critics/summary.ts'
import { tone } from './critics/tone.ts'

/** Nobody talks about products that are not out yet; competitors are not run down. */
const houseRules = denyListCritic({
  words: [
    { text: 'Project Bluebird', rule: 'house.unreleased_product', severity: 3 },
    { text: 'Contoso one is rubbish', rule: 'house.competitor', severity: 1 },
  ],
})

export const panel = createPanel({
  critics: [
    // PRE_VALIDATION and FAST_CRITICS: cheap, over every answer.
    lengthCritic({ minChars: 1, maxChars: 1_500 }),
    promptInjectionCritic(),
    secretsCritic(),
    // The data under review is made up of reserved numbers and addresses, which a live desk would ignore.
    personalDataCritic({ ignoreReserved: false, severities: { iban: 2.5 } }),
    profanityCritic(),
    houseRules,
    tone,
    // CORE_ANALYSIS: what this desk must never get wrong.
    dosage,
    financePromises,
    codeSafety,
    fairness,
    claims,
    compliance,
    // DEEP_ANALYSIS: expensive, and only where an earlier finding or the risk tier asks for it.
    deepReview,
    factCheck,
    obedience,
    professionalReferral,
    // POST_PROCESSING and VALIDATION.
    summary,
    completeness,
  ],
  limits: { concurrentMax: 32 },
})
