/** The environment a thing is made for, read from the whole words of what is wanted. */

import { z } from 'zod'
import { mentionOf } from './mention.ts'

export const Environment = z
  .enum(['EARTH_AERO', 'EARTH_MARINE', 'SPACE_VACUUM', 'EARTH_GROUND_ROBOT', 'EARTH_GROUND'])
  .meta({ id: 'Environment' })
export type Environment = z.infer<typeof Environment>

const AERO = [
  '(?:quad|hexa|octo|multi|heli|gyro)copters?',
  '(?:quad|multi)rotor',
  'rotorcraft',
  'drone',
  'uav',
  'vtol',
  'evtol',
  'aircraft',
  'a(?:ir|ero)plane',
  'airship',
  'blimp',
  'glider',
  'paraglider',
  'airborne',
  'aerial vehicle',
  'flying',
  'flies',
  '(?<!on the )fly(?! wheel)',
] as const

const MARINE = [
  'submarine',
  'submersible',
  'underwater',
  'subsea',
  'undersea',
  'marine',
  'seagoing',
  'offshore',
  'auv',
  'rov',
  'buoy',
  '(?:(?:sail|speed|motor|house|life)[ -]?)?boat',
  'yacht',
  'catamaran',
  'kayak',
  'warship',
  // "To ship" something says nothing about the sea.
  '(?<!\\b(?:to|can|could|must|will|should|may|we|and|or) )ship',
] as const

const SPACE = [
  'satellite',
  'cubesat',
  'smallsat',
  'spacecraft',
  'spaceship',
  'spaceborne',
  'orbiter',
  'orbital(?! (?:sander|shaker|polisher|saw|weld))',
  'orbit',
  'lunar',
  '(?:outer|deep) space',
  'space (?:probe|station|telescope|capsule|vehicle|shuttle|tug|rover|mission|suit)',
] as const

/** "Robotic submarine" is about the submarine. */
const ROBOT = [
  `robot(?:ic)?s?(?!\\s+${mentionOf(...AERO, ...MARINE, ...SPACE).source})`,
  'cobot',
  'humanoid',
  'rover',
  'agv',
] as const

const MENTIONS: readonly (readonly [Environment, RegExp])[] = [
  ['EARTH_AERO', mentionOf(...AERO)],
  ['EARTH_MARINE', mentionOf(...MARINE)],
  ['SPACE_VACUUM', mentionOf(...SPACE)],
  ['EARTH_GROUND_ROBOT', mentionOf(...ROBOT)],
]

/**
 * The first word that tells decides, for what is wanted is named before what it is wanted for: a robot arm for a
 * satellite is a robot arm. EARTH_GROUND where no word tells.
 */
export function environmentOf(intent: string): Environment {
  const found = MENTIONS.flatMap(([environment, words]) => {
    const at = intent.search(words)
    return at === -1 ? [] : [{ environment, at }]
  })
  return found.toSorted((one, other) => one.at - other.at)[0]?.environment ?? 'EARTH_GROUND'
}
