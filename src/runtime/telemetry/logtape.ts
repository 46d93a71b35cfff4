/** logTape: log records of what an orchestrator does, from its facts and troubles alone. */

import { getLogger, type LogLevel, type Logger } from '@logtape/logtape'
import { isStagecraftError, messageOf } from '../../model/errors.ts'
import type { Fact } from '../../model/fact.ts'
import type { Orchestrator } from '../orchestrator.ts'
import { wordsOf } from './fact-words.ts'
import { followFacts } from './follow-facts.ts'
import { logLineOf } from './log-lines.ts'

export type LogTapeOptions = {
  /** Cursor; logs what came after it. Default only what happens from now on. */
  readonly after?: number
}

/**
 * Logs with LogTape what happens, for whoever has configured it: categories are `['stagecraft', …]` with project,
 * phase, agent, approval, review or orchestrator, and no fact is logged with what people or agents have said: its
 * properties are the project, the cursor, the time, and names, counts and outcomes. Of a trouble the message is
 * logged as it is. Dispose it to log no more; it ends by itself with the orchestrator.
 */
export function logTape(
  orchestrator: Pick<Orchestrator, 'facts' | 'troubles'>,
  { after }: LogTapeOptions = {},
): Disposable {
  const troubled = getLogger(['stagecraft', 'orchestrator'])
  const onTrouble = (error: unknown) =>
    troubled.error('Trouble: {message}', {
      message: messageOf(error),
      ...(isStagecraftError(error) && { code: error.code }),
    })
  const facts = followFacts(orchestrator, after).subscribe({ next: log, error: onTrouble })
  const troubles = orchestrator.troubles.subscribe(onTrouble)
  return {
    [Symbol.dispose]: () => {
      facts.unsubscribe()
      troubles.unsubscribe()
    },
  }
}

function log(fact: Fact): void {
  const words = wordsOf(fact)
  const { level, category, message } = logLineOf(fact, words.status)
  const logger = getLogger(['stagecraft', category])
  if (!logger.isEnabledFor(level)) return
  write(logger, level, message, { project: fact.project, cursor: fact.cursor, at: fact.at, ...words })
}

function write(logger: Logger, level: LogLevel, message: string, properties: Record<string, unknown>): void {
  logger[level](message, properties)
}
