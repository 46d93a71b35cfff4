/** Printing the hub by fused filament. */

/** Extrusion width, layer height, speed: common settings of a 0.4 mm nozzle. */
const [WIDTH_MM, LAYER_MM, MM_PER_S] = [0.45, 0.2, 60]
/** Travel and cooling. */
const OVERHEAD = 1.25
/** Of nylon, g/cm³. */
const DENSITY = 1.1

/** Minutes: volume over volumetric flow, t = V / (w h v). */
export function printingTime(massKg: number): number {
  const volumeMm3 = (massKg * 1e6) / DENSITY
  return (OVERHEAD * volumeMm3) / (WIDTH_MM * LAYER_MM * MM_PER_S) / 60
}
