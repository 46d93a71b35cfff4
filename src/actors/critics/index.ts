/** The built-in critics (`stagecraft/critics`). */

export { denyListCritic, type DenyListOptions } from './deny-list.ts'
export { httpCritic, type HttpOptions } from './http.ts'
export { judgeCritic, type JudgeModel, type JudgeOptions } from './judge.ts'
export { lengthCritic, type LengthOptions } from './length.ts'
export { personalDataCritic, type PersonalDataOptions } from './personal-data.ts'
export type { PersonalDataKind } from './personal-data/kinds.ts'
export { profanityCritic, type ProfanityOptions } from './profanity.ts'
export { promptInjectionCritic, type PromptInjectionOptions } from './prompt-injection.ts'
export { secretsCritic, type SecretsOptions } from './secrets.ts'
export { shapeCritic, type JsonSchema, type ShapeOptions } from './shape.ts'

export type { CriticOptions } from './built-in-critic.ts'
export type { Look } from './look.ts'
