import { describe, expect, it } from 'vitest'
import { environmentOf } from '../../../src/runtime/hardware-design/environment.ts'

describe('the environment', () => {
  it.each([
    ['Design a drone', 'EARTH_AERO'],
    ['Design a quadcopter for agricultural surveying', 'EARTH_AERO'],
    ['two UAVs that fly in formation', 'EARTH_AERO'],
    ['A fixed-wing aeroplane', 'EARTH_AERO'],
    ['drone_v2', 'EARTH_AERO'],
    ['Design a submarine', 'EARTH_MARINE'],
    ['an ROV with two thrusters', 'EARTH_MARINE'],
    ['The hull of a cargo ship', 'EARTH_MARINE'],
    ['Sailboats for beginners', 'EARTH_MARINE'],
    ['Design a satellite', 'SPACE_VACUUM'],
    ['A CubeSat with a camera', 'SPACE_VACUUM'],
    ['A space telescope', 'SPACE_VACUUM'],
    ['Design a robot arm', 'EARTH_GROUND_ROBOT'],
    ['a warehouse of robots', 'EARTH_GROUND_ROBOT'],
    ['A six-wheeled rover', 'EARTH_GROUND_ROBOT'],
    ['Design a bracket', 'EARTH_GROUND'],
    ['', 'EARTH_GROUND'],
  ])('of "%s" is %s', (intent, environment) => {
    expect(environmentOf(intent)).toBe(environment)
  })

  it.each([
    'A feeder for a farm',
    'A fire alarm',
    'A flywheel that stores energy',
    'A fly wheel',
    'A heated substrate',
    'A study of the relationship of load and wear',
    'A tidy workspace',
    'An armchair for disarmed people',
    'A droned out speaker',
    'A shipment box, ready to ship by May',
    'A box that saves space',
    'An airspace map holder',
    'An orbital sander',
    'A button worked on the fly',
    'A boathouse door',
    'A suborbiter',
    'Planetary gears',
  ])('is not misled by a word inside another: %s', (intent) => {
    expect(environmentOf(intent)).toBe('EARTH_GROUND')
  })

  it('goes by the first word that tells', () => {
    expect(environmentOf('A drone with a satellite link')).toBe('EARTH_AERO')
    expect(environmentOf('A robot arm for a satellite')).toBe('EARTH_GROUND_ROBOT')
    expect(environmentOf('An underwater drone')).toBe('EARTH_MARINE')
  })

  it('takes robotic for a quality of what follows', () => {
    expect(environmentOf('A robotic submarine')).toBe('EARTH_MARINE')
    expect(environmentOf('A robot drone')).toBe('EARTH_AERO')
    expect(environmentOf('A robot flywheel tester')).toBe('EARTH_GROUND_ROBOT')
  })

  it('reads the longest intent at once', () => {
    const started = performance.now()
    for (const word of ['robot ', 'to ship ', 'on the fly ', 'space ', 'a'])
      environmentOf(word.repeat(5_000 / word.length))
    expect(performance.now() - started).toBeLessThan(500)
  })
})
