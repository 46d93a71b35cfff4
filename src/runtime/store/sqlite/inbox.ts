/** The inbox: requests to the owner until they are answered, and the answers until they are forgotten. */

import type { Answer } from '../store.ts'
import type { Connection } from './connection.ts'
import { build, query } from './query.ts'
import { textOf } from './stored-json.ts'

type Posted = { id: string; journal: string; at: number; body: string }
type Answered = { id: string; at: number; answer: string }

export const postRequest = query(({ id, journal, at, body }: Posted) =>
  build
    .insertInto('inbox')
    .values({ id, journal, at, body })
    .onConflict((on) => on.column('id').doNothing()),
)

/** The first answer stands, and what was asked is kept no longer. */
const answerRequest = query(({ id, at, answer }: Answered) =>
  build
    .insertInto('inbox')
    .values({ id, journal: '', at, answeredAt: at, answer })
    .onConflict((on) =>
      on
        .column('id')
        .doUpdateSet({ body: null, answeredAt: at, answer })
        .where('inbox.answeredAt', 'is', null),
    ),
)

export const answerOf = query(({ id }: { id: string }) =>
  build
    .selectFrom('inbox')
    .select(['id', 'answeredAt as at', 'answer as body'])
    .where('id', '=', id)
    .where('answeredAt', 'is not', null)
    .$narrowType<{ at: number; body: string }>(),
)

export const waitingRequests = query(({ limit }: { limit: number }) =>
  build
    .selectFrom('inbox')
    .select(['id', 'journal', 'at', 'body'])
    .where('answeredAt', 'is', null)
    .$narrowType<{ body: string }>()
    .orderBy('number')
    .limit(limit),
)

export const forgetAnswers = query(({ before }: { before: number }) =>
  build.deleteFrom('inbox').where('answeredAt', '<', before),
)

export function writeAnswers(connection: Connection, answers: readonly Answer[]): void {
  for (const { id, at, body } of answers) connection.run(answerRequest, { id, at, answer: textOf(body) })
}
