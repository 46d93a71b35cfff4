/** Printing a part by fused filament: how long it takes, and whether it can be printed at all. */

export type Printer = {
  readonly lineMm: number
  readonly layerMm: number
  readonly speedMmS: number
  /** Lift, retract, first line of a layer. */
  readonly perLayerS: number
  /** Travel, corners and cooling over pure extrusion. */
  readonly overhead: number
  readonly build: readonly [x: number, y: number, z: number]
}

export type PrintedPart = {
  readonly name: string
  readonly count: number
  readonly volumeCm3: number
  readonly boxMm: readonly [x: number, y: number, z: number]
  readonly wallMm: number
  /** From the vertical. */
  readonly overhangDeg: number
}

/** Minutes: volume over volumetric flow w h v, and the change of layers. Source: Gibson, Rosen & Stucker 2021, Additive Manufacturing Technologies, on material extrusion. */
export function printingMinutes(
  { volumeCm3, boxMm }: Pick<PrintedPart, 'volumeCm3' | 'boxMm'>,
  printer: Printer,
): number {
  const flowMm3S = printer.lineMm * printer.layerMm * printer.speedMmS
  const layers = Math.ceil(boxMm[2] / printer.layerMm)
  return ((printer.overhead * volumeCm3 * 1_000) / flowMm3S + layers * printer.perLayerS) / 60
}

/** Steeper hangs without support. Source: Gibson, Rosen & Stucker 2021, on design for it: about 45°. */
const OVERHANG_MAX_DEG = 45
/** A wall is at least this many lines. Source: as above. */
const LINES_MIN = 2

/** What cannot be printed, a sentence each. */
export function printingProblems(part: PrintedPart, { lineMm, build }: Printer): readonly string[] {
  const { name, boxMm, wallMm, overhangDeg } = part
  // A part may be turned, so its longest side needs the longest side of the machine.
  const [sides, room] = [boxMm.toSorted((a, b) => b - a), build.toSorted((a, b) => b - a)]
  return [
    ...(sides.some((side, index) => side > (room[index] ?? 0))
      ? [`${name} measures ${boxMm.join(' × ')} mm and does not fit into ${build.join(' × ')} mm.`]
      : []),
    ...(wallMm < LINES_MIN * lineMm
      ? [`A wall of ${name} is ${wallMm} mm; ${LINES_MIN * lineMm} mm is the least.`]
      : []),
    ...(overhangDeg > OVERHANG_MAX_DEG
      ? [`${name} hangs over by ${overhangDeg}°; ${OVERHANG_MAX_DEG}° is the most without support.`]
      : []),
  ]
}
