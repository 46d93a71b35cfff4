import { describe, expect, it } from 'vitest'
import { requirementsOf } from '../../../examples/quadcopter/requirements.ts'
import { INTENT } from './carried.ts'

describe('what is asked for', () => {
  it('is read from the sentence, and what was assumed is said', () => {
    const asked = requirementsOf(INTENT, null)
    expect(asked).toMatchObject({
      payloadKg: 2,
      enduranceMin: 25,
      ambientC: 40,
      site: 'agricultural',
      altitudeM: 0,
    })
    expect(asked.assumed).toEqual([
      'No altitude was given: sea level.',
      expect.stringContaining('No wind was given: 4 m/s'),
      expect.stringContaining('No size was given'),
      expect.stringContaining('No budget was given'),
    ])
    expect(asked.notUnderstood).toEqual([])
  })

  it.each([
    ['1500 g for half an hour', { payloadKg: 1.5 }],
    ['4.4 lb, 0.5 h at 104 °F', { payloadKg: 1.995_806_428, enduranceMin: 30, ambientC: 40 }],
    ['2,5 kg, 2 hours, −10 °C', { payloadKg: 2.5, enduranceMin: 120, ambientC: -10 }],
    ['a 25-minute flight at -5 °C', { enduranceMin: 25, ambientC: -5 }],
    ['at 10-40 °C', { ambientC: 40 }],
    ['from 10 to 40 °C', { ambientC: 40 }],
    ['at 1500 m altitude in wind of 36 km/h', { altitudeM: 1_500, windMs: 10 }],
    ['10 knots, 6000 ft above sea level', { windMs: 5.144_44, altitudeM: 1_828.8 }],
    ['8 m/s and a frame: 1.2 m span', { windMs: 8, spanMaxM: 1.2 }],
    ['budget of 2500, on the beach', { budget: 2_500, site: 'coastal' }],
  ])('%s', (intent, expected) => {
    expect(requirementsOf(intent, {})).toMatchObject(expected)
  })

  it('names the quantities that nothing was made of', () => {
    const { notUnderstood } = requirementsOf('2 kg with 3 cameras over 50 km, or 4 kg on Sundays', {})
    expect(notUnderstood).toEqual(['3 cameras over', '50 km', '4 kg on'])
  })

  it.each([
    ['1,500 g with a budget of 2,500', ['1,500 g with', '2,500']],
    ['budget 3.000 Euro', ['3.000 Euro']],
    ['two pounds for half an hour', ['two pounds', 'half an hour']],
  ])('makes nothing of what may mean two things, or is no number: %s', (intent, left) => {
    const asked = requirementsOf(intent, {})
    expect(asked.notUnderstood).toEqual(left)
    expect(asked).toMatchObject({ payloadKg: 1, enduranceMin: 20, budget: 6_000 })
  })

  it('lets the params come before the sentence', () => {
    const asked = requirementsOf('4 kg, 20 min', { payloadKg: 1, seed: 7, printerBreaks: true })
    expect(asked).toMatchObject({ payloadKg: 1, enduranceMin: 20, seed: 7 })
    expect(asked.assumed).not.toContain(expect.stringContaining('payload'))
  })

  it('lets a later remark come before the sentence, and the params before both', () => {
    const remark = 'Rather 3 kg on the coast, with 2 pilots.'
    const asked = requirementsOf(INTENT, { enduranceMin: 30 }, remark)
    expect(asked).toMatchObject({ payloadKg: 3, enduranceMin: 30, ambientC: 40, site: 'coastal' })
    expect(asked.notUnderstood).toEqual(['2 pilots'])
  })

  it('refuses what is out of range, with the name of the quantity', () => {
    expect(() => requirementsOf('at 90 °C', {})).toThrow('ambientC')
    expect(() => requirementsOf('2 kg', { payloadKg: -1 })).toThrow('params cannot be read: payloadKg')
  })
})
