import { beforeAll, describe, expect, it } from 'vitest'
import { PLOTS } from '../../../examples/quadcopter/report/plots.ts'
import { loadUnits } from '../../../src/actors/units.ts'
import { createIsa, type Isa } from '../../../src/model/isa/isa.ts'
import {
  carried,
  designOf,
  documentOf,
  ID,
  INTENT,
  LIFECYCLE,
  withWorkshop,
  type Carried,
} from './carried.ts'
import { wellFormed } from './well-formed.ts'

const payloads = ({ history }: Carried, type: string) =>
  history
    .filter((fact) => fact.type === type)
    .map(({ payload }) => payload as Readonly<Record<string, unknown>>)

describe('the quadcopter for surveying', () => {
  let project: Carried
  let isa: Isa

  beforeAll(async () => {
    project = await carried(INTENT)
    isa = createIsa({ units: await loadUnits(), state: project.isa })
  })

  it('goes through all eight phases, and no agent fails on the way', () => {
    expect(project.end.state).toBe('COMPLETED')
    expect(project.end.phases.map(({ status }) => status)).toEqual(
      Array.from({ length: 8 }, () => 'COMPLETED'),
    )
    expect(payloads(project, 'AGENT_FAILED')).toEqual([])
  })

  it('finds heat and electronics in conflict, goes back to the geometry, and resolves it', () => {
    const told = project.history.flatMap(({ type, payload }) => {
      const { id, result } = payload as Readonly<Record<string, unknown>>
      if (id === 'thermal-electronics') return [type]
      return result === 'LOOPBACK' ? ['LOOPBACK'] : []
    })
    expect(told.slice(0, 3)).toEqual(['CONFLICT_DETECTED', 'LOOPBACK', 'CONFLICT_RESOLVED'])
    const [detected] = payloads(project, 'CONFLICT_DETECTED').filter(({ id }) => id === 'thermal-electronics')
    expect(detected?.['message']).toMatch(/^Too hot: controller gets \d+ °C and stands 105 °C\.$/)
    const resolved = payloads(project, 'CONFLICT_RESOLVED').map(({ id }) => id)
    expect(new Set(payloads(project, 'CONFLICT_DETECTED').map(({ id }) => id))).toEqual(new Set(resolved))
  })

  it('is optimised until its validation passes', () => {
    const validations = payloads(project, 'GATE_ANSWERED').filter(({ phase }) => phase === 'VALIDATION')
    expect(validations.length).toBeGreaterThan(1)
    expect(validations.map(({ result }) => result)).toEqual([
      ...validations.slice(1).map(() => 'LOOPBACK'),
      'PASS',
    ])
    const { history, design } = designOf(project.end)
    expect(history.map(({ round }) => round)).toEqual(validations.slice(1).map((_, index) => index + 1))
    expect(history[0]?.design).not.toEqual(design)
  })

  it('keeps the bookings for the design it ends with, and takes back those for the others', () => {
    const rounds = designOf(project.end).round
    const states = project.bookings.map(({ state }) => state)
    expect(states).toEqual([
      ...Array.from({ length: 4 * (rounds - 1) }, () => 'cancelled'),
      ...Array.from({ length: 4 }, () => 'booked'),
    ])
  })

  it('leaves values that are fresh, keep their constraints, and say where they come from', () => {
    expect(isa.size).toBeGreaterThan(40)
    expect(isa.stale()).toEqual([])
    expect(isa.violations()).toEqual([])
    expect(isa.list().filter(({ value, description }) => value.source === '' || description === '')).toEqual(
      [],
    )
    expect(isa.magnitude('requirements.ambient', 'K')).toBeCloseTo(313.15)
    const sum = isa
      .list('mass')
      .filter(({ id }) => id !== 'mass.takeoff')
      .reduce((kg, { id }) => kg + isa.magnitude(id, 'kg'), 0)
    expect(sum).toBeCloseTo(isa.magnitude('mass.takeoff', 'kg'), 4)
    expect(isa.magnitude('performance.endurance', 'h')).toBeGreaterThan(25 / 60)
    expect(isa.magnitude('thermal.controller', 'degC')).toBeLessThan(105)
  })

  it('leaves a report with every plot, and without a hole', () => {
    const { markdown, plots } = documentOf(project.end)
    expect(Object.keys(plots)).toEqual([...PLOTS])
    for (const name of PLOTS) {
      expect(markdown).toContain(`(${name}.svg)`)
      expect(wellFormed(plots[name] ?? '')).toBe(true)
    }
    for (const text of [markdown, ...Object.values(plots)])
      expect(text).not.toMatch(/NaN|undefined|null|Infinity/)
    expect(markdown).toContain(`**${Number(isa.magnitude('mass.takeoff', 'kg').toPrecision(3))} kg**`)
    expect(project.end.results['DOCUMENTATION']?.['Review']).toMatchObject({ complete: true, remarks: [] })
  })

  it('comes out the same, byte for byte, when it is asked for again', async () => {
    const again = await carried(INTENT)
    expect(documentOf(again.end)).toEqual(documentOf(project.end))
    expect(JSON.stringify(again.isa)).toBe(JSON.stringify(project.isa))
  })

  it('has at most as much cost as its budget, line by line', () => {
    const bill = project.end.results['SOURCING']?.['Component'] as {
      cost: number
      lines: readonly { quantity: number; each: number }[]
    }
    const sum = bill.lines.reduce((cost, { quantity, each }) => cost + quantity * each, 0)
    expect(bill.cost).toBe(Math.round(sum))
    expect(bill.cost).toBeLessThan(6_000)
  })
})

describe('other quadcopters', () => {
  it('are heavier, bigger and dearer with a heavier payload', async () => {
    const [two, four, six] = await Promise.all(
      [2, 4, 6].map(async (kg) => {
        const { end, isa } = await carried(`A quadcopter, ${kg} kg payload, 25 minutes, 40 °C`)
        expect(end.state).toBe('COMPLETED')
        const { cost } = end.results['SOURCING']?.['Component'] as { cost: number }
        const of = (id: string) => isa.nodes[id]?.value.magnitude ?? Number.NaN
        return {
          cost,
          massKg: of('mass.takeoff'),
          spanM: of('frame.span'),
          minutes: of('performance.endurance'),
        }
      }),
    )
    expect(four?.massKg).toBeGreaterThan((two?.massKg ?? 0) + 2)
    expect(six?.massKg).toBeGreaterThan((four?.massKg ?? 0) + 2)
    expect(four?.spanM).toBeGreaterThan(two?.spanM ?? 0)
    expect(six?.spanM).toBeGreaterThan(four?.spanM ?? 0)
    expect(six?.cost).toBeGreaterThan(two?.cost ?? 0)
    for (const one of [two, four, six]) expect(one?.minutes).toBeGreaterThanOrEqual(25)
  })

  it('have no conflict where it is cold, because heat decides it and not the code', async () => {
    const project = await carried('A quadcopter for surveying, 2 kg payload, 25 minutes, -10 °C')
    expect(project.end.state).toBe('COMPLETED')
    expect(payloads(project, 'CONFLICT_DETECTED').filter(({ id }) => id === 'thermal-electronics')).toEqual(
      [],
    )
  })

  it('may be right at once, and say so', async () => {
    const { end, history } = await carried('A quadcopter, 0.5 kg payload, 20 minutes, 20 °C')
    expect(designOf(end)).toMatchObject({ round: 1, history: [] })
    expect(documentOf(end).markdown).toContain('met every demand')
    expect(history.some(({ type }) => type === 'COMPENSATION_STARTED')).toBe(false)
  })

  it('also plan the area that they map', async () => {
    const { end } = await carried('A drone for mapping terrain, 1 kg, 20 min')
    expect(end.results['PLANNING']?.['Topological']).toMatchObject({ heightM: 60 })
  })

  it.each([
    ['2 kg for 10 hours', /none flies 2 kg for 600 minutes in air of 25 °C: \d+ minutes is the longest/],
    ['500 kg payload', /none lifts 500 kg in air of 25 °C: \d+\.\d kg is the most/],
    ['6 kg with a 0.5 m frame', /none lifts 6 kg/],
  ])('are refused where they are impossible, with the number that says so: %s', async (intent, why) => {
    const { end, bookings } = await carried(intent)
    expect([end.state, end.phase]).toEqual(['FAILED', 'FEASIBILITY'])
    expect(end.phases[0]?.reason).toMatch(why)
    expect(bookings).toEqual([])
  })

  it('are refused where they cost more than ten budgets', async () => {
    const { end } = await carried('2 kg, 25 min', { budget: 100 })
    expect([end.state, end.phase]).toEqual(['FAILED', 'FEASIBILITY'])
    expect(end.phases[0]?.reason).toContain('10 times the budget of 100')
  })

  it('are given up where no part of the catalogue makes them better, with what is missing', async () => {
    const { end } = await carried('2 kg, 25 min, 40 °C', { budget: 1_000 })
    expect([end.state, end.phase]).toEqual(['FAILED', 'VALIDATION'])
    expect(end.phases.find(({ name }) => name === 'VALIDATION')?.reason).toMatch(
      /Not validated in 3 runs.*Cost, /,
    )
  })
})

describe('the workshop', () => {
  it('takes back what was booked when the printer breaks, the latest first', async () => {
    const project = await carried(INTENT, { printerBreaks: true })
    expect([project.end.state, project.end.phase]).toEqual(['FAILED', 'MANUFACTURING'])
    expect(payloads(project, 'COMPENSATION_COMPLETED').map(({ task }) => task)).toEqual([
      'TestPrint',
      'ReservePrinter',
      'OrderMaterial',
    ])
    expect(project.bookings.map(({ step, state }) => [step, state])).toEqual([
      ['OrderMaterial', 'cancelled'],
      ['ReservePrinter', 'cancelled'],
      ['TestPrint', 'cancelled'],
    ])
  })
})

describe('the plan', () => {
  it('waits for a person, is made again with what was said about it, and is carried out once approved', () =>
    withWorkshop(async (projects, ledger) => {
      await projects.create({ id: ID, lifecycle: LIFECYCLE, intent: INTENT, mode: 'plan', author: 'eva' })
      const planned = await projects.run(ID)
      expect([planned.state, planned.phase]).toEqual(['AWAITING_APPROVAL', 'PLANNING'])
      const subject = JSON.stringify(planned.approval?.subject)
      expect(subject).toContain(`# Plan: ${INTENT}`)
      expect(subject).toContain('No wind was given')
      expect(ledger.bookings()).toEqual([])

      const { id: approval, version } = planned.approval!
      const rejected = {
        approval,
        version,
        by: 'ana',
        decision: 'REJECTED' as const,
        comment: 'Make it 3 kg, and mind the dust.',
      }
      await projects.submitApproval(ID, rejected)
      const again = await projects.settled(ID)
      expect(JSON.stringify(again.approval?.subject)).toContain('Make it 3 kg')

      const next = again.approval!
      await projects.submitApproval(ID, {
        approval: next.id,
        version: next.version,
        by: 'ana',
        decision: 'APPROVED',
      })
      expect((await projects.settled(ID)).state).toBe('COMPLETED')
      const { nodes } = await projects.isa(ID)
      expect(nodes['requirements.payload']?.value).toMatchObject({ magnitude: 3, locked: true })
      expect(nodes['mass.payload']?.value.magnitude).toBe(3)
    }))
})
