/** Where terrain is to be mapped: how much of it one charge covers. */

import { SURVEY_MS } from '../sizing/flight.ts'
import { rounded } from '../values.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

/** Height over ground, m; opening of a survey camera across the track; overlap of neighbouring tracks. */
const [HEIGHT_M, OPENING_DEG, OVERLAP] = [60, 60, 0.7]
/** Turning at the end of each track takes its share. */
const ON_TRACK = 0.85

/** Area = speed × time × width of the strip that is new: 2 h tan(α/2) (1 − overlap). Source: Kraus 2007, Photogrammetry, on flight planning. */
export const topological = quadcopterAgent('topological', ({ asked }) => {
  const stripM = 2 * HEIGHT_M * Math.tan((OPENING_DEG * Math.PI) / 360) * (1 - OVERLAP)
  const areaHa = (SURVEY_MS * 60 * asked.enduranceMin * ON_TRACK * stripM) / 10_000
  return { heightM: HEIGHT_M, stripM: rounded(stripM), areaHa: rounded(areaHa) }
})
