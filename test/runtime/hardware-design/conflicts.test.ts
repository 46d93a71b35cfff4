import { describe, expect, it } from 'vitest'
import { conflictsIn } from '../../../src/runtime/hardware-design/conflicts.ts'
import { viewOf, type ViewOptions } from './samples.ts'

const ids = (options: ViewOptions) => conflictsIn(viewOf(options)).map(({ id }) => id)

const everythingWrong: ViewOptions = {
  params: { targetMassKg: 2 },
  results: { GEOMETRY_KERNEL: { MassProperties: { massKg: 2.1 }, Structural: { safetyFactor: 5 } } },
  tasks: {
    Thermal: { temperaturesC: { motor: 130, esc: 90, board: 200 } },
    Electronics: { temperaturesMaxC: { motor: 120, esc: 100 }, powerNeededW: 11, powerSuppliedW: 10 },
    Structural: { safetyFactor: 0.9 },
    Material: { material: 'steel', corrosivityMax: 'C3', temperatureMaxC: 180 },
    Chemistry: { corrosivity: 'CX' },
  },
}

describe('the conflicts of the physics', () => {
  it('are found by one rule each, under an id that stays', () => {
    expect(conflictsIn(viewOf(everythingWrong))).toEqual([
      {
        id: 'thermal-electronics',
        between: ['Thermal', 'Electronics'],
        message: 'Too hot: motor gets 130 °C and stands 120 °C.',
      },
      {
        id: 'thermal-material',
        between: ['Thermal', 'Material'],
        message: 'steel stands 180 °C, and the hottest part gets 200 °C.',
      },
      {
        id: 'structural-strength',
        between: ['Structural', 'Geometry'],
        message: 'It breaks: the safety factor is 0.9.',
      },
      {
        id: 'mass-target',
        between: ['MassProperties', 'Designer'],
        message: 'It weighs 2.1 kg, and is to weigh 2 kg at most.',
      },
      {
        id: 'material-chemistry',
        between: ['Material', 'Chemistry'],
        message: 'steel stands air of class C3, and will be in class CX.',
      },
      {
        id: 'electronics-power',
        between: ['Electronics'],
        message: 'It needs 11 W and is supplied with 10 W.',
      },
    ])
  })

  it('do not stand at the limit itself', () => {
    const tasks = {
      Thermal: { temperaturesC: { motor: 120 } },
      Electronics: { temperaturesMaxC: { motor: 120 }, powerNeededW: 10, powerSuppliedW: 10 },
      Structural: { safetyFactor: 1 },
      Material: { corrosivityMax: 'C3', temperatureMaxC: 120 },
      Chemistry: { corrosivity: 'C3' },
    }
    const results = { GEOMETRY_KERNEL: { MassProperties: { massKg: 2 }, Designer: { targetMassKg: 2 } } }
    expect(ids({ tasks, results })).toEqual([])
  })

  it('are not guessed at where an agent has no output', () => {
    expect(ids({})).toEqual([])
    const tasks = everythingWrong.tasks ?? {}
    const without = Object.keys(tasks).map((missing) => {
      const rest = Object.fromEntries(Object.entries(tasks).filter(([name]) => name !== missing))
      return [missing, ids({ tasks: rest })]
    })
    expect(Object.fromEntries(without)).toEqual({
      Thermal: ['structural-strength', 'material-chemistry', 'electronics-power'],
      Electronics: ['thermal-material', 'structural-strength', 'material-chemistry'],
      Structural: ['thermal-electronics', 'thermal-material', 'material-chemistry', 'electronics-power'],
      Material: ['thermal-electronics', 'structural-strength', 'electronics-power'],
      Chemistry: ['thermal-electronics', 'thermal-material', 'structural-strength', 'electronics-power'],
    })
  })

  it('look at the strength of the geometry where the physics have none', () => {
    expect(ids({ results: { GEOMETRY_KERNEL: { Structural: { safetyFactor: 0.5 } } } })).toEqual([
      'structural-strength',
    ])
  })

  it('look only at parts that both sides name', () => {
    const tasks = {
      Thermal: { temperaturesC: { board: 500 } },
      Electronics: { temperaturesMaxC: { motor: 120 } },
    }
    expect(ids({ tasks })).toEqual([])
  })
})
