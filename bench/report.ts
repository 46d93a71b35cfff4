/** What was measured, for people to read. */

import type { Results } from './bench.ts'
import { durableSections } from './durable-report.ts'
import { figure, quartiles, section } from './table.ts'

/** All of it, as text. */
export function reportOf(results: Results): string {
  const {
    machine,
    overhead,
    scaling,
    compiled,
    throughput,
    memory,
    scenario,
    call,
    agents,
    durable,
    targets,
  } = results
  return [
    `Node ${machine.node}, ${machine.cores} x ${machine.cpu}, load ${machine.load}`,
    Object.entries(machine.rivals)
      .map((rival) => rival.join(' '))
      .join(', '),
    section(
      'Cost of one critic in a panel of ten (main-thread CPU time)',
      ['', 'us/critic', 'quartiles', 'Stagecraft / it', 'quartiles'],
      overhead.map(({ name, microsPerCritic, ratio }) => [
        name,
        figure(microsPerCritic.median),
        quartiles(microsPerCritic),
        figure(ratio.median),
        quartiles(ratio),
      ]),
    ),
    section(
      'Cost of one critic in larger panels (us/critic)',
      [
        '',
        ...(scaling[0]?.microsPerCritic ?? []).map(({ critics }) => `${critics} critics`),
        '300 / 10',
        'quartiles',
      ],
      scaling.map(({ name, microsPerCritic, growth }) => [
        name,
        ...microsPerCritic.map(({ micros }) => figure(micros.median)),
        figure(growth.median),
        quartiles(growth),
      ]),
    ),
    section(
      'The same charts interpreted and compiled (us/critic, main-thread CPU time)',
      ['', 'interpreted', 'compiled', 'p-queue + cockatiel', 'compiled / it', 'quartiles', 'times faster'],
      compiled.variants.map(({ what, interpreted, compiled: own, rival, ratio, faster }) => [
        what,
        figure(interpreted.median),
        figure(own.median),
        figure(rival.median),
        figure(ratio.median),
        quartiles(ratio),
        figure(faster.median),
      ]),
    ),
    section(
      'Allocated per critic, in a panel of ten',
      ['', 'KB'],
      compiled.allocated.map(({ name, bytesPerCritic }) => [name, figure(bytesPerCritic / 1_024)]),
    ),
    section(
      'One event on a live machine (ns, main-thread CPU time)',
      ['interpreted', 'compiled', 'times faster', 'quartiles'],
      [
        [
          figure(compiled.event.interpreted.median),
          figure(compiled.event.compiled.median),
          figure(compiled.event.faster.median),
          quartiles(compiled.event.faster),
        ],
      ],
    ),
    section(
      'Idle actors (bytes of heap each, after collection)',
      ['', 'actors', 'bytes'],
      compiled.idle.map(({ name, actors, bytesPerActor }) => [name, figure(actors), figure(bytesPerActor)]),
    ),
    section(
      'Reviews of ten critics per second (wall-clock time, one thread)',
      ['', ...(throughput[0]?.perSecond ?? []).map(({ concurrent }) => `${concurrent} at once`)],
      throughput.map(({ name, perSecond }) => [
        name,
        ...perSecond.map(({ reviews }) => figure(reviews.median)),
      ]),
    ),
    section(
      'Memory (heap after collection)',
      ['', 'KB per waiting review', 'KB kept', 'after reviews', 'bytes kept per review'],
      memory.map(({ name, bytesPerReview, retained }) => [
        name,
        figure(bytesPerReview / 1_024),
        figure(retained.bytes / 1_024),
        figure(retained.reviews),
        figure(retained.bytes / retained.reviews),
      ]),
    ),
    section(
      'What gating saves (critics of 5, 25 and 60 ms; cost 1, 10 and 16)',
      ['', '', 'critics run', 'ms', 'cost', 'time saved', 'cost saved', 'verdict'],
      scenario.map(({ request, how, ran, ms, cost, verdict }) => {
        const all = scenario.find((row) => row.request === request && row.how.startsWith('all'))
        return [
          request,
          how,
          `${ran} of 10`,
          figure(ms),
          figure(cost),
          saved(ms, all?.ms),
          saved(cost, all?.cost),
          verdict ?? '–',
        ]
      }),
    ),
    section(
      'A hundred agents, a third of them failing, slow or hanging, 20 places (calls of healthy agents per second)',
      ['alone', 'beside the sick', 'kept', 'quartiles', 'peak of all', 'peak of one', 'calls'],
      [
        [
          figure(agents.alone.median),
          figure(agents.together.median),
          figure(agents.kept.median),
          quartiles(agents.kept),
          figure(agents.peakOfAll),
          figure(agents.peakOfOne),
          figure(agents.calls),
        ],
      ],
    ),
    section(
      'Cost of one call through a closed breaker and a free bulkhead (main-thread CPU time)',
      ['', 'us/call', 'quartiles', 'Stagecraft / it', 'quartiles'],
      call.map(({ name, microsPerCall, ratio }) => [
        name,
        figure(microsPerCall.median),
        quartiles(microsPerCall),
        figure(ratio.median),
        quartiles(ratio),
      ]),
    ),
    ...durableSections(durable),
    section(
      'Targets',
      ['', '', '', 'measured', ''],
      targets.map(({ name, bound, limit, measured, met }) => [
        name,
        bound,
        figure(limit),
        figure(measured),
        met ? 'pass' : 'FAIL',
      ]),
    ),
  ].join('\n')
}

function saved(value: number, all: number | undefined): string {
  return all === undefined ? 'n/a' : `${Math.round((1 - value / all) * 100)} %`
}
