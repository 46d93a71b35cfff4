/** A lumped thermal network: nodes joined by conductances, some held at a temperature. */

/** W/K between two nodes. */
export type Link = readonly [from: string, to: string, conductance: number]

export type Network = {
  readonly links: readonly Link[]
  /** Heat put into a node, W. */
  readonly heatW: Readonly<Record<string, number>>
  /** Nodes whose temperature is given, °C. Every other node must have a way to one of them. */
  readonly heldC: Readonly<Record<string, number>>
}

/**
 * Temperatures in the steady state, °C, by node: at each, the heat put in is the heat that leaves, Σ G (T − Tⱼ) = Q.
 * Solved by elimination. Source: Incropera 2011, 3.1.3 and 4.4 (energy balance at a node).
 */
export function steadyState({ links, heatW, heldC }: Network): Readonly<Record<string, number>> {
  const nodes = [...new Set(links.flatMap(([from, to]) => [from, to]))].filter((node) => !(node in heldC))
  const rows = nodes.map((node) => {
    const row = nodes.map(() => 0)
    let right = heatW[node] ?? 0
    for (const [from, to, conductance] of links) {
      if (from !== node && to !== node) continue
      const other = from === node ? to : from
      row[nodes.indexOf(node)] = (row[nodes.indexOf(node)] ?? 0) + conductance
      const held = heldC[other]
      if (held === undefined) row[nodes.indexOf(other)] = (row[nodes.indexOf(other)] ?? 0) - conductance
      else right += conductance * held
    }
    return [...row, right]
  })
  const solved = eliminate(rows)
  return { ...heldC, ...Object.fromEntries(nodes.map((node, index) => [node, solved[index] ?? Number.NaN])) }
}

/** Gauss's elimination; a matrix of conductances is diagonally dominant, so it needs no pivoting. */
function eliminate(rows: readonly (readonly number[])[]): readonly number[] {
  const work = rows.map((row) => [...row])
  for (const [index, pivot] of work.entries()) {
    for (const row of work.slice(index + 1)) {
      const factor = (row[index] ?? 0) / (pivot[index] ?? 1)
      for (let column = index; column < row.length; column += 1)
        row[column] = (row[column] ?? 0) - factor * (pivot[column] ?? 0)
    }
  }
  const solved = work.map(() => 0)
  for (let index = work.length - 1; index >= 0; index -= 1) {
    const row = work[index] ?? []
    const known = solved.reduce(
      (sum, value, column) => sum + (column > index ? value * (row[column] ?? 0) : 0),
      0,
    )
    solved[index] = ((row.at(-1) ?? 0) - known) / (row[index] ?? 1)
  }
  return solved
}

/**
 * Temperature, °C, of a lump after some seconds on its way to its steady state: T = T∞ − (T∞ − T₀) e^(−t/τ), τ = m c / G.
 * Source: Incropera 2011, eq. 5.6, the lumped capacitance method.
 */
export const lumpAfter = (
  {
    startC,
    steadyC,
    heatCapacityJK,
    conductanceWK,
  }: {
    startC: number
    steadyC: number
    heatCapacityJK: number
    conductanceWK: number
  },
  seconds: number,
): number => steadyC - (steadyC - startC) * Math.exp((-seconds * conductanceWK) / heatCapacityJK)
