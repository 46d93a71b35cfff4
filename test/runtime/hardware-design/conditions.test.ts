import { describe, expect, it } from 'vitest'
import {
  environmentIn,
  hasNotPassed,
  isAdditive,
  isInFluid,
  isOverweight,
  mentionsSwarm,
  mentionsTerrain,
} from '../../../src/runtime/hardware-design/conditions.ts'
import { viewOf } from './samples.ts'

const intends = (intent: string) => viewOf({ intent })

describe('the conditions of tasks', () => {
  it.each(['Survey the terrain', 'a GROUND station', 'smooth surfaces', 'maps of fields', 'mapping'])(
    'look at the terrain for "%s"',
    (intent) => {
      expect(mentionsTerrain(intends(intent))).toBe(true)
    },
  )

  it.each(['an underground cable', 'background noise', 'a mapped file', 'subterrain', 'resurfaced'])(
    'do not look at the terrain for "%s"',
    (intent) => {
      expect(mentionsTerrain(intends(intent))).toBe(false)
    },
  )

  it('look at a swarm where one is meant', () => {
    expect(['a swarm of drones', 'Fleets of robots'].map((intent) => mentionsSwarm(intends(intent)))).toEqual(
      [true, true],
    )
    expect(['fleeting visits', 'swarmed'].map((intent) => mentionsSwarm(intends(intent)))).toEqual([
      false,
      false,
    ])
  })

  it.each([
    ['3D_PRINT', true],
    ['3d printing', true],
    ['3-D printing', true],
    ['ADDITIVE_SLM', true],
    ['FDM_PRINT', true],
    ['printed in nylon', true],
    ['CNC', false],
    ['footprint etching', false],
    ['blueprint', false],
    [undefined, false],
  ])('slice for the process %s: %s', (process, slices) => {
    expect(isAdditive(viewOf({ tasks: { Manufacturing: { process } } }))).toBe(slices)
  })

  it('do not slice before there is a process', () => {
    expect(isAdditive(viewOf())).toBe(false)
  })

  const weighs = (massKg: number | undefined, Designer: object = {}, params: unknown = null) =>
    isOverweight(viewOf({ params, results: { GEOMETRY_KERNEL: { Designer, MassProperties: { massKg } } } }))

  it('ask for a lattice above 1.1 times a target, not at it, and not without one', () => {
    expect(weighs(11, { targetMassKg: 10 })).toBe(false)
    expect(weighs(11.01, { targetMassKg: 10 })).toBe(true)
    expect(weighs(11.01, { targetMassKg: 0 })).toBe(false)
    expect(weighs(11.01)).toBe(false)
    expect(weighs(undefined, { targetMassKg: 10 })).toBe(false)
    expect(isOverweight(viewOf())).toBe(false)
  })

  it('take the project’s own target before the designer’s', () => {
    expect(weighs(12, { targetMassKg: 20 }, { targetMassKg: 10 })).toBe(true)
    expect(weighs(12, { targetMassKg: 10 }, { targetMassKg: 20 })).toBe(false)
  })

  it('run the flow where there is one, and in space', () => {
    expect(
      ['a drone', 'a submarine', 'a satellite', 'a robot arm', 'a bracket'].map((intent) =>
        isInFluid(intends(intent)),
      ),
    ).toEqual([true, true, true, false, false])
  })

  it('take the environment from the params, then from its agent, then from the words', () => {
    const results = { PLANNING: { Environment: { environment: 'EARTH_MARINE' } } }
    const params = { environment: 'SPACE_VACUUM' }
    expect(environmentIn(viewOf({ intent: 'a drone', results, params }))).toBe('SPACE_VACUUM')
    expect(environmentIn(viewOf({ intent: 'a drone', results }))).toBe('EARTH_MARINE')
    expect(environmentIn(viewOf({ intent: 'a drone', results: { PLANNING: { Environment: {} } } }))).toBe(
      'EARTH_AERO',
    )
  })

  it('look for what went wrong only where something did', () => {
    const validated = (Validation: unknown) => hasNotPassed(viewOf({ tasks: { Validation } }))
    expect([validated({ passed: false }), validated({ passed: true }), validated(undefined)]).toEqual([
      true,
      false,
      false,
    ])
  })
})
