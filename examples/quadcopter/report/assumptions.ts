/** What a reader has to know before trusting the rest: what was assumed, and what was passed over. */

import type { Requirements } from '../requirements.ts'
import { inline, list, paragraphs } from './markdown.ts'

export const assumptionsOf = ({ remark, assumed, notUnderstood }: Requirements): string =>
  paragraphs([
    remark === null ? '' : `Changed when the plan was looked at: “${inline(remark)}”`,
    assumed.length > 0 ? `Assumed, because nobody said:\n\n${list(assumed)}` : '',
    notUnderstood.length > 0
      ? `**Not understood, and not taken into account:** ${inline(notUnderstood.join('; '))}`
      : '',
  ])
