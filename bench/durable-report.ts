/** The tables of the durable half, and what has to be said beside them. */

import type { Durable } from './durable.ts'
import { figure, quartiles, section } from './table.ts'

export const durableSections = ({
  projects,
  transitions,
  resumed,
  waiting,
  feed,
}: Durable): readonly string[] => [
  section(
    'A project of three phases with an approval, agents that return at once (wall-clock ms per project)',
    [
      '',
      ...(projects[0]?.at ?? []).flatMap(({ concurrent }) => [
        `${concurrent} at once`,
        'quartiles',
        'Stagecraft / it',
        'quartiles',
      ]),
      'KB on disk',
    ],
    projects.map(({ name, at, bytesPerProject }) => [
      name,
      ...at.flatMap(({ msPerProject, ratio }) => [
        figure(msPerProject.median),
        quartiles(msPerProject),
        figure(ratio.median),
        quartiles(ratio),
      ]),
      figure(bytesPerProject / 1_024),
    ]),
  ),
  '  Stagecraft: WAL, synchronous FULL, each step durable before what it asks for begins.',
  '  LangGraph.js with its own SqliteSaver. The same durability: WAL, synchronous FULL, durability "sync".',
  '  As it comes: WAL, synchronous NORMAL, durability "async": a crash may lose what was already told.',
  section(
    'Durable transitions (one transition is one committed step of a journal; WAL, synchronous FULL)',
    ['', 'per second', 'quartiles', 'that move a chart', 'per project', 'per commit'],
    transitions.rates.map(({ concurrent, perSecond, movesPerSecond, perProject, perCommit }) => [
      `${concurrent} ${concurrent === 1 ? 'project' : 'projects'} at once`,
      figure(perSecond.median),
      quartiles(perSecond),
      figure(movesPerSecond.median),
      figure(perProject),
      figure(perCommit),
    ]),
  ),
  `  One synced write of 4 KiB takes ${figure(transitions.syncMicros.median)} us here (quartiles ${quartiles(transitions.syncMicros)}); a transition ${figure(transitions.bytesPerTransition)} bytes of disk.`,
  section(
    'A decision, from asking until it is durable (ms)',
    ['', 'median', 'quartiles', 'slowest'],
    transitions.approvals.map(({ how, ms, slowest }) => [
      how,
      figure(ms.median),
      quartiles(ms),
      figure(slowest),
    ]),
  ),
  section(
    `Going on with ${figure(resumed.projects)} projects that were in the middle of a task (ms)`,
    ['', 'median', 'quartiles'],
    [
      ['the orchestrator is ready', figure(resumed.readyMs.median), quartiles(resumed.readyMs)],
      [
        'every open task has been performed again',
        figure(resumed.againMs.median),
        quartiles(resumed.againMs),
      ],
      ['all have gone on to their approval', figure(resumed.restedMs.median), quartiles(resumed.restedMs)],
    ],
  ),
  section(
    'Projects that wait for an approval, each with a deadline',
    ['', 'bytes of heap per project', 'timers of all together'],
    [[`${figure(waiting.projects)} projects`, figure(waiting.bytesPerProject), figure(waiting.timers)]],
  ),
  section(
    'Listening, on a store in memory (facts per second, each counted once)',
    ['', 'median', 'quartiles'],
    feed.map(({ how, factsPerSecond }) => [how, figure(factsPerSecond.median), quartiles(factsPerSecond)]),
  ),
]
